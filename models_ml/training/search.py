"""The hyperparameter search: trainings with other parameters, and the best of them."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from models_ml.training.boosting import BoostingData, BoostingResult
from models_ml.training.search_progress import Progress, SearchProgress
from models_ml.training.search_space import first_point, suggested_parameters
from models_ml.training.search_store import (
    SearchStore,
    StoredSearch,
    search_key,
    trial_of_record,
    trial_record,
)
from models_ml.trees.classifier import Classifier
from models_ml.trees.parameters import ClassifierParameters, earlier_text

OnTraining = Callable[[int, "Training"], None]

# A training is compared with earlier ones every so many rounds. It is pruned when it is
# worse, but never before so many finished trainings and so many of its own rounds.
_ROUNDS_PER_COMPARISON = 5
_TRAININGS_BEFORE_PRUNING = 4
_ROUNDS_BEFORE_PRUNING = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBudget:
    """When a search ends.

    Parameters
    ----------
    n_trainings : int
        Largest number of trainings; at least 1. With 1, only the parameters from the
        start are used.
    minutes : float or None
        No training starts after this many minutes; None for no limit. The time only
        decides when the search ends: the same number of trainings gives the same
        classifier.
    """

    n_trainings: int = 20
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One training of a search.

    Parameters
    ----------
    parameters : dict of str to float or int
        The fields of `ClassifierParameters`.
    value : float
        Lowest validation value; see `models_ml.training.boosting.BoostingResult`.
        Infinite when the training ended before its first round.
    n_rounds : int
        Number of boosting rounds that ran.
    pruned : bool
        Whether the training was stopped because earlier ones were better at the same
        round.
    seconds : float
        Duration of the training.
    """

    parameters: dict[str, Any]
    value: float
    n_rounds: int
    pruned: bool
    seconds: float = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The best classifier of a search, and all its trainings.

    Parameters
    ----------
    best : BoostingResult
        The classifier with the lowest validation value.
    parameters : ClassifierParameters
        The parameters that it was trained with.
    trainings : tuple of Training
        All trainings, in order.
    """

    best: BoostingResult
    parameters: ClassifierParameters
    trainings: tuple[Training, ...]


def search(
    data: BoostingData,
    *,
    start: ClassifierParameters,
    budget: SearchBudget,
    progress: Progress = lambda _stage, _done, _total: None,
    on_training: OnTraining = lambda _number, _training: None,
    store: SearchStore | None = None,
) -> SearchResult:
    """Train with different parameters, and return the best classifier.

    Parameters
    ----------
    data : BoostingData
        Frames to train on and to validate on.
    start : ClassifierParameters
        Parameters of the first training. All trainings use its number of trees, early
        stopping, learning rate and threads.
    budget : SearchBudget
        When the search ends.
    progress : callable, optional
        Called after each tree with the stage, the number of trees trained so far, and
        the estimated number of all trees.
    on_training : callable, optional
        Called after each training with its number, from 1, and the `Training`.
    store : SearchStore, optional
        Where each finished training is stored. If the store has trainings of a search
        with the same data, start and libraries, the search continues after them, and
        its result is the same as without the interruption.

    Returns
    -------
    result : SearchResult
        Equal for equal data, start, number of trainings and threads.

    Notes
    -----
    Optuna's tree-structured Parzen estimator with median pruning searches WhACC's space
    (whacc.md, 11.2). WhACC maximises the ROC AUC of frames; this search minimises touch
    errors, which also decide when a training stops. Each training has a sampler with a
    seed of its own, so a suggestion depends on the earlier trainings only.
    """
    optuna = _optuna()
    pruner = optuna.pruners.MedianPruner(
        n_startup_trials=_TRAININGS_BEFORE_PRUNING,
        n_warmup_steps=_ROUNDS_BEFORE_PRUNING,
    )
    study = optuna.create_study(direction="minimize", pruner=pruner)
    run = _SearchRun(data, start, store, study)
    if not run.trainings:
        study.enqueue_trial(first_point(start))
    tree_progress = SearchProgress(
        progress,
        n_trainings=budget.n_trainings,
        minutes=budget.minutes,
        parameters=start,
        earlier=[(each.n_rounds, each.seconds) for each in run.trainings],
    )
    began = time.monotonic() - sum(each.seconds for each in run.trainings)
    for n_done in range(len(run.trainings), budget.n_trainings):
        minutes = (time.monotonic() - began) / 60
        if n_done and budget.minutes is not None and minutes >= budget.minutes:
            break
        study.sampler = optuna.samplers.TPESampler(seed=start.seed + n_done)
        study.optimize(partial(run.train, tree_progress), n_trials=1, catch=())
        run.store_latest()
        tree_progress.training_ended()
        on_training(n_done + 1, run.trainings[-1])
    tree_progress.search_ended()
    best, parameters = run.best
    return SearchResult(
        best=best, parameters=parameters, trainings=tuple(run.trainings)
    )


class _SearchRun:
    """The trainings of one search so far, and the best of them."""

    def __init__(
        self,
        data: BoostingData,
        start: ClassifierParameters,
        store: SearchStore | None,
        study: Any,
    ) -> None:
        self.data, self.start, self.study = data, start, study
        self.trainings: list[Training] = []
        self._best: tuple[BoostingResult, ClassifierParameters] | None = None
        self._store, self._records = store, list[dict[str, Any]]()
        self._key = "" if store is None else _key(data, start)
        if store is not None:
            self._continue(store.read(self._key))

    @property
    def best(self) -> tuple[BoostingResult, ClassifierParameters]:
        if self._best is None:
            raise AssertionError("The first training is never pruned.")
        return self._best

    def _continue(self, stored: StoredSearch) -> None:
        """Add the trainings of an interrupted search."""
        for record in stored.trials:
            self.study.add_trial(trial_of_record(record))
            self.trainings.append(Training(**record["training"]))
        self._records = list(stored.trials)
        if stored.best is not None:
            self._best = (
                BoostingResult(
                    classifier=Classifier.from_text(stored.best["text"]),
                    value=stored.best["value"],
                ),
                ClassifierParameters(**stored.best["parameters"]),
            )

    def store_latest(self) -> None:
        """Store the latest training, and the best one."""
        if self._store is None:
            return
        latest = trial_record(self.study.trials[-1], asdict(self.trainings[-1]))
        self._records.append(latest)
        best, parameters = self.best
        self._store.write(
            self._key,
            StoredSearch(
                trials=self._records,
                best={
                    "text": best.classifier.text,
                    "value": best.value,
                    "parameters": asdict(parameters),
                },
            ),
        )

    def train(self, progress: SearchProgress, trial: Any) -> float:
        """Run the training that Optuna suggests, and return its value."""
        parameters = suggested_parameters(trial, self.start)
        began, values = time.monotonic(), []

        def prune_or_continue(round_number: int, value: float) -> None:
            values.append(value)
            progress.tree_trained(round_number, value)
            if round_number % _ROUNDS_PER_COMPARISON == 0:
                trial.report(min(values), round_number)
                if trial.should_prune():
                    raise _optuna().TrialPruned

        is_pruned = True
        try:
            result = self.data.boost(parameters, on_round=prune_or_continue)
            is_pruned = False
        finally:
            self.trainings.append(
                Training(
                    parameters=asdict(parameters),
                    value=min(values, default=float("inf")),
                    n_rounds=len(values),
                    pruned=is_pruned,
                    seconds=time.monotonic() - began,
                )
            )
        if self._best is None or result.value < self._best[0].value:
            self._best = result, parameters
        return result.value


def _key(data: BoostingData, start: ClassifierParameters) -> str:
    copies = data.copies
    return search_key(
        [
            data.train.features,
            data.train.labels,
            data.train.weights,
            *([] if copies is None else [copies.masks, np.array(copies.seed)]),
            *data.validation_features,
            *data.validation_labels,
        ],
        earlier_text(start),
        f"{data.seed} {data.num_threads}",
        *(f"{name} {version(name)}" for name in ("lightgbm", "optuna", "numpy")),
    )


def _optuna() -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
