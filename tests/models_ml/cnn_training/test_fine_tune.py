"""Fine-tuning: it trains, it continues after an interruption, and it repeats itself."""

import numpy as np
import pytest

from models_ml.cnn.backbone import load_backbone
from models_ml.cnn_training.fine_tune import fine_tune
from models_ml.cnn_training.labelled_frames import LabelledImages
from models_ml.cnn_training.plan import FineTuningPlan, default_plan

PLAN = FineTuningPlan(n_steps=8, batch_images=32, learning_rate=1e-3, seed=5)


class KilledError(Exception):
    """The process of a training ends."""


def kill_at(step):
    def progress(_stage, done, _total):
        if done == step:
            raise KilledError

    return progress


@pytest.fixture(scope="module")
def train(shipped_backbone, rig_trials):
    def run(**options):
        return fine_tune(
            *shipped_backbone,
            LabelledImages(rig_trials[:3]),
            **{"validation": LabelledImages(rig_trials[3:5]), "plan": PLAN, **options},
        )

    return run


@pytest.fixture(scope="module")
def tuned(train):
    """The result of a training without an interruption."""
    return train()


def test_a_training_changes_the_weights_and_gives_a_readable_file(
    tuned, shipped_backbone, rig_trials, tmp_path
):
    path = tmp_path / "new.weights.h5"
    path.write_bytes(tuned.weights)

    old, new = shipped_backbone[0], load_backbone("compact", path)

    frames, _ = rig_trials[0]
    assert new.sha256 != old.sha256
    assert not np.allclose(new.units(frames[:20]), old.units(frames[:20]))
    assert tuned.head.shape == (new.n_units + 1,)
    assert tuned.n_steps in PLAN.evaluation_steps
    assert min(tuned.validation_losses.values()) == pytest.approx(
        tuned.validation_losses[tuned.n_steps]
    )


def test_another_seed_gives_other_weights(train, tuned):
    other = FineTuningPlan(n_steps=8, batch_images=32, learning_rate=1e-3, seed=6)

    assert train(plan=other).weights != tuned.weights


def test_a_killed_training_continues_to_the_same_weights(train, tuned, tmp_path):
    path = tmp_path / "folder" / "cnn.npz"
    with pytest.raises(KilledError):
        train(checkpoint_path=path, progress=kill_at(6))
    steps = []

    continued = train(
        checkpoint_path=path, progress=lambda _stage, done, _total: steps.append(done)
    )

    assert steps[0] == 6
    assert continued.weights == tuned.weights


def test_a_checkpoint_with_other_data_is_not_continued(train, tmp_path):
    path, steps = tmp_path / "cnn.npz", []
    with pytest.raises(KilledError):
        train(checkpoint_path=path, progress=kill_at(6))

    other = train(
        checkpoint_path=path,
        validation=None,
        progress=lambda _stage, done, _total: steps.append(done),
    )

    assert steps[0] == 0
    # Without validation images, the last step is taken.
    assert other.n_steps == PLAN.n_steps


def test_a_large_cnn_takes_fewer_and_smaller_steps():
    compact, resnet = default_plan("compact"), default_plan("resnet50v2")

    assert resnet.n_steps < compact.n_steps
    assert resnet.batch_images < compact.batch_images


def test_a_plan_of_few_steps_is_evaluated_after_each():
    plan = FineTuningPlan(n_steps=3, batch_images=1, learning_rate=1e-3)

    assert plan.evaluation_steps == (1, 2, 3)
