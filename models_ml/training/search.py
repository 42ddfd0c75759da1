"""Searching for how trees are best grown, in the space that WhACC searches."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from models_ml.training.boosting import Boosted, BoostingData
from models_ml.training.search_progress import Report, SearchProgress
from models_ml.training.search_store import (
    KeptSearch,
    KeptTrainings,
    frozen_trial,
    kept_trial,
    search_key,
)
from models_ml.trees.classifier import Classifier
from models_ml.trees.parameters import ClassifierParameters

Told = Callable[[int, "Training"], None]

# How often a training is compared with the earlier ones and given up.
_ROUNDS_PER_LOOK = 5
_TRAININGS_BEFORE_PRUNING = 4
_ROUNDS_BEFORE_PRUNING = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBudget:
    """When a search ends.

    Parameters
    ----------
    n_trainings : int
        How many ways of growing trees are tried; 1 tries the given one alone.
    minutes : float or None
        No training is begun after this long. It only decides when to stop: the same
        number of trainings gives the same classifier.
    """

    n_trainings: int = 20
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One way of growing trees that was tried.

    Parameters
    ----------
    parameters : dict
        The fields of `ClassifierParameters`.
    value : float
        The lowest that was reached; see `models_ml.training.boosting.Boosted`.
    n_rounds : int
        Rounds that were grown.
    pruned : bool
        Whether it was given up, as worse than the earlier ones at the same round.
    seconds : float
        How long it took.
    """

    parameters: dict[str, Any]
    value: float
    n_rounds: int
    pruned: bool
    seconds: float = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The best of what was tried, and the course of the search.

    Parameters
    ----------
    best : Boosted
        The classifier with the lowest value.
    parameters : ClassifierParameters
        How it was grown.
    course : tuple of Training
        All that was tried, in order.
    """

    best: Boosted
    parameters: ClassifierParameters
    course: tuple[Training, ...]


def search(
    data: BoostingData,
    *,
    start: ClassifierParameters,
    budget: SearchBudget,
    report: Report = lambda _stage, _done, _total: None,
    told: Told = lambda _number, _training: None,
    kept: KeptSearch | None = None,
) -> SearchResult:
    """Try ways of growing trees, and keep the best.

    Parameters
    ----------
    data : BoostingData
        What to learn from and to stop on.
    start : ClassifierParameters
        What is tried first; its rounds, learning rate, seed and threads hold for all.
    budget : SearchBudget
        When to end.
    report : callable, optional
        Told the stage, how many trees are grown, and of about how many.
    told : callable, optional
        Told of each training that has ended, and its number from 1.
    kept : KeptSearch, optional
        Where each training is kept when it is done, and an interrupted search of the
        same found again: it goes on, and ends as if nothing had interrupted it.

    Returns
    -------
    result : SearchResult
        The same for the same data, start, number of trainings and threads.

    Notes
    -----
    WhACC's space (whacc.md, 11.2), searched with Optuna's tree-structured Parzen
    estimator and median pruning. WhACC maximises the area under the curve of frames;
    here errors in touches are minimised, on which training also stops. Each training is
    suggested by a sampler with a seed of its own, so what comes next depends on what
    was tried before and on nothing else.
    """
    optuna = _optuna()
    pruner = optuna.pruners.MedianPruner(
        n_startup_trials=_TRAININGS_BEFORE_PRUNING,
        n_warmup_steps=_ROUNDS_BEFORE_PRUNING,
    )
    study = optuna.create_study(direction="minimize", pruner=pruner)
    runs = _Runs(data, start, kept, study)
    if not runs.course:
        study.enqueue_trial(_as_suggested(start))
    progress = SearchProgress(
        report,
        n_trainings=budget.n_trainings,
        minutes=budget.minutes,
        growth=start,
        earlier=[(each.n_rounds, each.seconds) for each in runs.course],
    )
    began = time.monotonic() - sum(each.seconds for each in runs.course)
    for done in range(len(runs.course), budget.n_trainings):
        minutes = (time.monotonic() - began) / 60
        if done and budget.minutes is not None and minutes >= budget.minutes:
            break
        study.sampler = optuna.samplers.TPESampler(seed=start.seed + done)
        study.optimize(partial(runs.run, progress), n_trials=1, catch=())
        runs.keep()
        progress.training_ended()
        told(done + 1, runs.course[-1])
    progress.search_ended()
    best, parameters = runs.best_found
    return SearchResult(best=best, parameters=parameters, course=tuple(runs.course))


class _Runs:
    """The trainings of one search, and the best of them."""

    def __init__(
        self,
        data: BoostingData,
        start: ClassifierParameters,
        kept: KeptSearch | None,
        study: Any,
    ) -> None:
        self.data, self.start, self.study = data, start, study
        self.course: list[Training] = []
        self._best: tuple[Boosted, ClassifierParameters] | None = None
        self._kept, self._records = kept, list[dict[str, Any]]()
        self._key = "" if kept is None else _key(data, start)
        if kept is not None:
            self._go_on(kept.read(self._key))

    @property
    def best_found(self) -> tuple[Boosted, ClassifierParameters]:
        if self._best is None:
            raise AssertionError("the first training is never given up")
        return self._best

    def _go_on(self, found: KeptTrainings) -> None:
        """Take over what an interrupted search of the same had tried."""
        for record in found.trials:
            self.study.add_trial(frozen_trial(record))
            self.course.append(Training(**record["training"]))
        self._records = list(found.trials)
        if found.best is not None:
            self._best = (
                Boosted(
                    classifier=Classifier.from_text(found.best["text"]),
                    value=found.best["value"],
                ),
                ClassifierParameters(**found.best["parameters"]),
            )

    def keep(self) -> None:
        """Keep the training that was the last, and the best."""
        if self._kept is None:
            return
        self._records.append(kept_trial(self.study.trials[-1], asdict(self.course[-1])))
        best, parameters = self.best_found
        self._kept.write(
            self._key,
            KeptTrainings(
                trials=self._records,
                best={
                    "text": best.classifier.text,
                    "value": best.value,
                    "parameters": asdict(parameters),
                },
            ),
        )

    def run(self, progress: SearchProgress, trial: Any) -> float:
        parameters = _suggested(trial, self.start)
        began, values = time.monotonic(), []

        def look(round_number: int, value: float) -> None:
            values.append(value)
            progress.tree(round_number, value)
            if round_number % _ROUNDS_PER_LOOK == 0:
                trial.report(min(values), round_number)
                if trial.should_prune():
                    raise _optuna().TrialPruned

        pruned = True
        try:
            boosted = self.data.boost(parameters, on_round=look)
            pruned = False
        finally:
            self.course.append(
                Training(
                    parameters=asdict(parameters),
                    value=min(values, default=float("inf")),
                    n_rounds=len(values),
                    pruned=pruned,
                    seconds=time.monotonic() - began,
                )
            )
        if self._best is None or boosted.value < self._best[0].value:
            self._best = boosted, parameters
        return boosted.value


def _suggested(trial: Any, start: ClassifierParameters) -> ClassifierParameters:
    return replace(
        start,
        l1=trial.suggest_float("l1", 1e-8, 10, log=True),
        l2=trial.suggest_float("l2", 1e-8, 10, log=True),
        n_leaves=trial.suggest_int("n_leaves", 2, 256),
        feature_share=trial.suggest_float("feature_share", 0.4, 1),
        frame_share=trial.suggest_float("frame_share", 0.4, 1),
        redraw_every=trial.suggest_int("redraw_every", 1, 7),
        min_frames_in_leaf=trial.suggest_int("min_frames_in_leaf", 5, 100),
        seed=start.seed + trial.number,
    )


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
        repr(start),
        f"{data.seed} {data.n_threads}",
        *(f"{name} {version(name)}" for name in ("lightgbm", "optuna", "numpy")),
    )


def _as_suggested(start: ClassifierParameters) -> dict[str, Any]:
    searched = (
        "l1 l2 n_leaves feature_share frame_share redraw_every min_frames_in_leaf"
    )
    values = {name: getattr(start, name) for name in searched.split()}
    # Zero has no logarithm.
    return {**values, "l1": max(start.l1, 1e-8), "l2": max(start.l2, 1e-8)}


def _optuna() -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
