"""Frames: the block of frames that a labelling page draws."""

import numpy as np
import pytest
import zstandard

from labeling.domain.recordings.frames import block_differences, block_range
from labeling.domain.recordings.sessions import import_session
from labeling.views.encoding import Zstd
from models_ml.session_files.writer import write_session_file
from tests.factories import make_subset, noise_frames

pytestmark = pytest.mark.django_db


def recorded(data_root, frames):
    """A session of one trial with these frames, and a clip of all of it."""
    write_session_file(data_root / "a.h5", trials=[(1, "a.mp4")], frames=[frames])
    session = import_session(user=None, file="a.h5")
    return make_subset(session, start=0, stop=len(frames)).clips.get()


def camera_frames(n_frames):
    """A still scene of 61x61 pixels under a sensor's noise of 3 grey levels."""
    rng = np.random.default_rng(1)
    scene = np.add.outer(np.linspace(40, 180, 61), np.linspace(0, 40, 61))
    noise = rng.normal(0, 3, (n_frames, 61, 61))
    return np.clip(np.round(scene + noise), 0, 255).astype(np.uint8)


def test_differences_add_up_to_the_frames_run_by_run(data_root):
    frames = noise_frames(1, n_frames=150, size_px=9)
    clip = recorded(data_root, frames)

    pieces = list(block_differences(clip))

    runs = [np.frombuffer(piece, np.uint8).reshape(-1, 9, 9) for piece in pieces]
    added_up = [np.cumsum(run, axis=0, dtype=np.uint8) for run in runs]
    assert [len(run) for run in runs] == [64, 64, 22]
    assert (np.concatenate(added_up) == frames).all()
    assert block_range(clip) == (0, 150)


def test_a_frame_of_camera_noise_takes_less_than_two_kilobytes(data_root):
    frames = camera_frames(600)
    packer = Zstd()

    pieces = [
        packer.packed(each) for each in block_differences(recorded(data_root, frames))
    ]

    stream = b"".join([*pieces, packer.end()])
    unpacked = zstandard.ZstdDecompressor().decompressobj().decompress(stream)
    assert len(unpacked) == frames.size
    assert len(stream) / len(frames) < 2048


def test_each_run_can_be_unpacked_when_it_arrives(data_root):
    frames = camera_frames(150)
    packer, unpacker = Zstd(), zstandard.ZstdDecompressor().decompressobj()

    lengths = [
        len(unpacker.decompress(packer.packed(each)))
        for each in block_differences(recorded(data_root, frames))
    ]

    assert lengths == [64 * 61 * 61, 64 * 61 * 61, 22 * 61 * 61]
