"""The benefit of labelling a few trials of a new rig, measured on simulated rigs.

The shipped model scores held-out trials of a rig that it was not trained on. Then
classifiers are trained on more and more labelled trials of that rig, by the same
`retrain` that a retraining job calls, and score the same held-out trials.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from models_ml import simulator
from models_ml.atomic_file import replaced_file
from models_ml.cnn.backbone import Backbone
from models_ml.cnn_training.cnn_and_trees import retrain_cnn_and_trees
from models_ml.cnn_training.plan import default_plan
from models_ml.cnn_training.recordings import LabelledRecordings
from models_ml.cnn_training.request import Parent, RetrainRequest
from models_ml.features.feature_set import FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.making.labelled_trials import recordings_in_memory, shipped_parent
from models_ml.simulator.rig import Rig
from models_ml.simulator.rigs import UNSEEN_RIGS
from models_ml.simulator.session import trial_seeds
from models_ml.simulator.trial import simulate_trial
from models_ml.touches.evaluation import Metrics
from models_ml.training.edge_nans import edge_masks
from models_ml.training.labelled_trials import LabelledTrial, Role
from models_ml.training.plan import TrainingPlan
from models_ml.training.retrain import retrain
from models_ml.training.search import SearchBudget
from models_ml.training.shipped_trials import shipped_trials

# The default of the retrain command: a frame of the new rig counts as much as two
# frames of the shipped classifier's training data.
NEW_WEIGHT = 2.0
# One of this many labelled trials is for validation.
ONE_FOR_VALIDATION_OF = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSize:
    """Size of the benchmark: what is simulated and trained.

    Attributes
    ----------
    rigs : tuple of Rig
        Rigs that the shipped model was not trained on.
    seeds : tuple of int
        Seeds of the sessions of each rig.
    n_labelled : tuple of int
        Number of labelled trials of each retrain. A larger retrain includes the trials
        of the smaller ones. One in five is for validation.
    n_held_out, n_frames : int
        Number of held-out trials, and of frames in each trial.
    n_trainings : int
        Number of hyperparameter sets that each retrain tries; 1 means no search.
    old_trials_step : int
        Each retrain uses every n-th trial of the shipped model's training data. In
        production, n is 1.
    trains_cnn : bool
        Train the CNN too, as the product does, besides trees alone.
    """

    rigs: tuple[Rig, ...] = UNSEEN_RIGS
    seeds: tuple[int, ...] = (1, 2, 3)
    n_labelled: tuple[int, ...] = (10, 30, 100)
    n_held_out: int = 24
    n_frames: int = 500
    n_trainings: int = 1
    old_trials_step: int = 1
    trains_cnn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """Metrics of one rig and seed, before and after each retrain.

    Attributes
    ----------
    rig : str
        Name of the simulated rig.
    seed : int
        Seed of its session.
    measured : dict of int to Metrics
        Metrics on the same held-out trials, by number of labelled trials; 0 is the
        shipped model. The trees alone are trained.
    with_cnn : dict of int to Metrics
        The same for retrains that train the CNN too; empty if none does.
    """

    rig: str
    seed: int
    measured: dict[int, Metrics]
    with_cnn: dict[int, Metrics] = field(default_factory=dict)

    @property
    def n_touches(self) -> int:
        """Number of touches in the held-out trials."""
        return self.measured[0].n_touches

    @property
    def errors_per_touch(self) -> dict[int, float]:
        """Touch-count errors per touch, by the number of labelled trials."""
        return {
            n_labelled: _errors_per_touch(metrics)
            for n_labelled, metrics in self.measured.items()
        }

    @property
    def errors_per_touch_with_cnn(self) -> dict[int, float]:
        """Touch-count errors per touch of retrains that train the CNN too."""
        return {n: _errors_per_touch(metrics) for n, metrics in self.with_cnn.items()}


def drift_rows(size: DriftSize, units_folder: Path) -> Iterator[DriftRow]:
    """Measure each rig with each seed.

    Parameters
    ----------
    size : DriftSize
        Size of the benchmark.
    units_folder : Path
        Folder in which the units of simulated trials are cached.

    Yields
    ------
    DriftRow
        One per rig and seed, as soon as it is measured.
    """
    parent, feature_set = shipped_parent()
    simulated = _SimulatedUnits(parent.backbone, units_folder)
    old_trials = shipped_trials(feature_set, weight=1.0)[:: size.old_trials_step]
    plan = TrainingPlan(
        budget=SearchBudget(n_trainings=size.n_trainings),
        edge_masks=edge_masks(feature_set),
    )
    for rig in size.rigs:
        for seed in size.seeds:
            trials = list(_rig_trials(rig, seed, size, simulated, feature_set))
            measured: dict[int, Metrics] = {}
            with_cnn: dict[int, Metrics] = {}
            for n_labelled in size.n_labelled:
                result = retrain(
                    trials[: size.n_held_out + n_labelled],
                    old_trials=old_trials,
                    parent=parent.classifier,
                    parent_threshold=parent.threshold,
                    plan=plan,
                )
                if result.before is None or result.after is None:
                    raise AssertionError("a retrain with a parent and held-out trials")
                measured |= {0: result.before, n_labelled: result.after}
                if size.trains_cnn:
                    n_trials = size.n_held_out + n_labelled
                    recordings = _rig_recordings(rig, seed, size, n_trials, feature_set)
                    with_cnn[n_labelled] = _with_cnn(
                        recordings, parent, old_trials, plan
                    )
            yield DriftRow(
                rig=rig.name, seed=seed, measured=measured, with_cnn=with_cnn
            )


def _rig_recordings(
    rig: Rig, seed: int, size: DriftSize, n_trials: int, feature_set: FeatureSet
) -> LabelledRecordings:
    """Return the same trials with their frames, which are simulated anew."""
    n_longest = size.n_held_out + max(size.n_labelled)
    simulated = [
        simulate_trial(rig, seed=trial_seed, n_frames=size.n_frames)
        for trial_seed in list(trial_seeds(seed, n_longest))[:n_trials]
    ]
    return recordings_in_memory(
        [(trial.frames, trial.touch.astype(np.int8)) for trial in simulated],
        [_role(number - size.n_held_out) for number in range(n_trials)],
        feature_set,
        weight=NEW_WEIGHT,
    )


def _with_cnn(
    recordings: LabelledRecordings,
    parent: Parent,
    old_trials: Sequence[LabelledTrial],
    plan: TrainingPlan,
) -> Metrics:
    with TemporaryDirectory() as scratch:
        after = retrain_cnn_and_trees(
            RetrainRequest(
                recordings=recordings,
                parent=parent,
                old_trials=old_trials,
                plan=plan,
                cnn_plan=default_plan(parent.backbone.kind),
                scratch=Path(scratch),
            )
        ).result.after
    if after is None:
        raise AssertionError("a retrain with held-out trials")
    return after


def _rig_trials(
    rig: Rig,
    seed: int,
    size: DriftSize,
    simulated: "_SimulatedUnits",
    features: FeatureSet,
) -> Iterator[LabelledTrial]:
    """Yield the held-out trials of a session, then the labelled ones."""
    n_trials = size.n_held_out + max(size.n_labelled)
    for number, trial_seed in enumerate(trial_seeds(seed, n_trials)):
        units, touch = simulated.units_and_touch(rig, trial_seed, size.n_frames)
        yield LabelledTrial(
            features=temporal_features(units, [size.n_frames], features),
            labels=touch.astype(np.int8),
            role=_role(number - size.n_held_out),
            weight=NEW_WEIGHT,
        )


def _role(labelled: int) -> Role:
    if labelled < 0:
        return "held_out"
    last = labelled % ONE_FOR_VALIDATION_OF == ONE_FOR_VALIDATION_OF - 1
    return "validation" if last else "train"


class _SimulatedUnits:
    """Units of simulated trials, cached on disk."""

    def __init__(self, backbone: Backbone, folder: Path) -> None:
        self._backbone, self._folder = backbone, folder
        self._of = f"{backbone.sha256} {backbone.preprocessing} {_simulator_sha256()}"

    def units_and_touch(
        self, rig: Rig, seed: int, n_frames: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        key = f"{self._of} {rig!r} {seed} {n_frames}"
        path = self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.npz"
        if not path.exists():
            trial = simulate_trial(rig, seed=seed, n_frames=n_frames)
            units = self._backbone.units(trial.frames)
            with replaced_file(path) as part, part.open("wb") as file:
                np.savez(file, units=units, touch=trial.touch)
        with np.load(path, allow_pickle=False) as file:
            return file["units"], file["touch"]


def _simulator_sha256() -> str:
    """Return a fingerprint of the simulator's source code."""
    modules = sorted(Path(simulator.__path__[0]).glob("*.py"))
    content = b"".join(module.read_bytes() for module in modules)
    return hashlib.sha256(content).hexdigest()


def _errors_per_touch(metrics: Metrics) -> float:
    if metrics.touch_count_errors_per_touch is None:
        raise ValueError(
            f"Expected touches in {metrics.n_trials} held-out trials, found none. "
            "Simulate more trials."
        )
    return metrics.touch_count_errors_per_touch
