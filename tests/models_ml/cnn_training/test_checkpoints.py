"""Checkpoints of a training: the best state, and what is not read."""

import numpy as np

from models_ml.cnn_training.checkpoints import Checkpoint, CheckpointFile


def state_of(value):
    return [np.full((2, 2), value, np.float32), np.array(value, np.int64)]


def after(*losses):
    checkpoint = Checkpoint(step=0, state=state_of(0))
    for number, loss in enumerate(losses, start=1):
        checkpoint = checkpoint.after(number, state_of(number), loss)
    return checkpoint


def test_the_best_state_is_the_one_with_the_lowest_loss():
    assert after(3.0, 1.0, 2.0).best[0] == 2
    assert after(3.0, 2.0, 1.0).best[0] == 3
    assert after(1.0, 1.0).best[0] == 2


def test_without_losses_the_last_state_is_the_best():
    assert after(None, None).best[0] == 2


def test_a_checkpoint_survives_its_file(tmp_path):
    file, written = CheckpointFile(tmp_path / "a.npz", "key"), after(3.0, 1.0, 2.0)

    file.write(written)
    read = file.read()

    assert (read.step, read.best[0], read.losses) == (3, 2, {1: 3.0, 2: 1.0, 3: 2.0})
    for one, other in ((read.state, written.state), (read.best[1], written.best[1])):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.dtype == b.dtype


def test_a_checkpoint_of_another_training_is_not_read(tmp_path):
    CheckpointFile(tmp_path / "a.npz", "one").write(after(1.0))

    assert CheckpointFile(tmp_path / "a.npz", "other").read() is None


def test_a_damaged_or_missing_file_is_not_read(tmp_path):
    path = tmp_path / "a.npz"
    file = CheckpointFile(path, "key")
    assert file.read() is None
    file.write(after(1.0))

    content = path.read_bytes()
    for damaged in (b"", b"no archive", content[: len(content) // 2]):
        path.write_bytes(damaged)
        assert file.read() is None


def test_without_a_path_nothing_is_stored():
    file = CheckpointFile(None, "key")

    file.write(after(1.0))

    assert file.read() is None
