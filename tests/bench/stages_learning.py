"""The retraining and rescoring stages of stages.py, from cached units.

Units are random, with touches in some of them, and are in the unit cache as after
scoring. Frames are in memory. Finding cached units by their frames is measured; reading
frames from a session file is another stage.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import stages_inputs as inputs
from measured import Measurement

# Roles of five consecutive trials, in the proportions of the product.
ROLES = ["train", "validation", "train", "held_out", "train"]
# Number of labelled frames of a trial; annotators label parts of many trials.
LABELLED_FRAMES = 500
BATCH_FRAMES = 10_000
# The same number of trees at each size, so that the cost depends on the frames only.
N_TREES = 100


def retraining(folder: str, n_frames: str) -> Measurement:
    """Measure features, a training, and the metrics of parent and child."""
    import optuna  # noqa: F401  imported before the measurement

    from models_ml.features import windows  # noqa: F401
    from models_ml.shipped import shipped_model
    from models_ml.training.edge_nans import edge_masks
    from models_ml.training.labelled_trials import LabelledTrial
    from models_ml.training.plan import TrainingPlan
    from models_ml.training.retrain import retrain
    from models_ml.training.search import SearchBudget
    from models_ml.trees.classifier import load
    from models_ml.trees.parameters import ClassifierParameters, lightgbm_module

    lightgbm_module()
    cached = CachedTrials(folder, int(n_frames), trial_frames=LABELLED_FRAMES)
    shipped = shipped_model()
    trials, made = [], Measurement()
    for number, (frames, touch) in enumerate(cached.frames_and_touch()):
        with made.running():
            units = cached.units(frames)
            trials.append(
                LabelledTrial(
                    features=cached.unit_set.features(units, cached.feature_set),
                    labels=touch.astype(np.int8),
                    role=ROLES[number % len(ROLES)],
                    weight=2.0,
                )
            )
    training = Measurement()
    plan = TrainingPlan(
        parameters=ClassifierParameters(
            num_iterations=N_TREES, early_stopping_round=N_TREES
        ),
        budget=SearchBudget(n_trainings=int(os.environ.get("TRAININGS", "1"))),
        edge_masks=edge_masks(cached.feature_set),
    )
    with training.running():
        result = retrain(
            trials,
            parent=load(shipped.classifier_path),
            parent_threshold=shipped.threshold,
            plan=plan,
        )
    assert result.trainings[0].n_rounds == N_TREES
    made.seconds += training.seconds
    made.cpu_seconds += training.cpu_seconds
    # The features stay in memory during the training.
    n_bytes = sum(trial.features.nbytes for trial in trials)
    made.peak_mb = max(made.peak_mb, training.peak_mb + n_bytes / 2**20)
    return made


def rescoring(folder: str, n_frames: str) -> Measurement:
    """Measure scores and touches from cached units, in the batches of scoring."""
    from models_ml.shipped import shipped_model
    from models_ml.touches.detection import touch_mask, touches_from_mask
    from models_ml.trees.classifier import load
    from models_ml.trees.rescoring import Scorer

    cached = CachedTrials(folder, int(n_frames), trial_frames=inputs.TRIAL_FRAMES)
    shipped = shipped_model()
    scorer = Scorer(load(shipped.classifier_path), cached.feature_set, cached.unit_set)
    batch, made = [], Measurement()

    def score() -> None:
        for scores in scorer.scores(batch):
            lengths = [len(scores)]
            touches_from_mask(touch_mask(scores, lengths, shipped.threshold), lengths)
        batch.clear()

    for frames, _ in cached.frames_and_touch():
        with made.running():
            batch.append(cached.units(frames))
            if sum(map(len, batch)) >= BATCH_FRAMES:
                score()
    with made.running():
        score()
    return made


class CachedTrials:
    """Simulated trials with random units in the unit cache, as after scoring."""

    def __init__(self, folder: str, n_frames: int, *, trial_frames: int) -> None:
        from models_ml.cnn.backbone import load_backbone
        from models_ml.features.feature_set import FeatureSet
        from models_ml.features.unit_cache import UnitCache
        from models_ml.features.unit_set import unit_set_of
        from models_ml.shipped import shipped_model

        shipped = shipped_model()
        text = shipped.feature_set_path.read_text("ascii")
        self.feature_set = FeatureSet.from_json(text)
        self.unit_set = unit_set_of(self.feature_set)
        self.network = load_backbone(shipped.backbone_kind, shipped.weights_path)
        self.cache = UnitCache(Path(folder) / f"cached_{n_frames}")
        self.lengths = [trial_frames] * (n_frames // trial_frames)
        for number, (frames, touch) in enumerate(self.frames_and_touch()):
            units = random_units(touch, self.feature_set.n_units, number)
            self._cached(frames).write(self.unit_set.select(units))

    def frames_and_touch(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        all_frames = inputs.simulated_trials(len(self.lengths))
        for number, length in enumerate(self.lengths):
            rng = np.random.default_rng(number)
            touch = np.repeat(rng.random(length // 20 + 1) > 0.7, 20)[:length]
            yield next(all_frames)[:length], touch

    def units(self, frames: np.ndarray) -> np.ndarray:
        units = self._cached(frames).read()
        assert units is not None
        return units

    def _cached(self, frames: np.ndarray):
        return self.cache.trial(frames, self.network, self.unit_set)


def random_units(touch: np.ndarray, n_units: int, seed: int) -> np.ndarray:
    """Return rectified noise; a quarter of the units is higher in touch frames."""
    rng = np.random.default_rng([seed, 1])
    drawn = rng.standard_normal((len(touch), n_units), np.float32)
    drawn[:, : n_units // 4] += touch[:, np.newaxis]
    return np.maximum(drawn, 0, out=drawn)
