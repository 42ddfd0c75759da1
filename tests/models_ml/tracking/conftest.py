"""Videos to try things on: one that WhACC tracked, and made ones."""

from pathlib import Path

import av
import numpy as np
import pytest

DATA = Path(__file__).parents[2] / "data" / "whacc_tracking"


@pytest.fixture(scope="session")
def oracle():
    """Return a video and what WhACC computed from it."""
    with np.load(DATA / "whacc.npz") as file:
        return DATA / "AH0407x160609-9.mp4", dict(file)


@pytest.fixture
def write_video():
    """Return a function that writes grey frames as a video."""

    def write(path, frames, *, codec="libx264", pix_fmt="yuv420p", **options):
        with av.open(str(path), "w", options=options) as video:
            stream = video.add_stream(codec, rate=25)
            stream.height, stream.width = frames[0].shape[:2]
            stream.pix_fmt = pix_fmt
            layout = "gray" if frames[0].ndim == 2 else "bgr24"
            for frame in frames:
                picture = av.VideoFrame.from_ndarray(frame, format=layout)
                video.mux(stream.encode(picture.reformat(format=pix_fmt)))
            video.mux(stream.encode())
        return path

    return write


@pytest.fixture
def spots():
    """Return frames of a bright spot that moves over still noise, and its corners."""

    def make(n_frames=12, *, shape=(96, 128), seed=1):
        rng = np.random.default_rng(seed)
        ground = rng.integers(90, 110, shape).astype(np.uint8)
        disk = np.hypot(*np.mgrid[-5:6, -5:6]) < 5
        corners = [(20 + 3 * step, 30 + step) for step in range(n_frames)]
        frames = []
        for x, y in corners:
            frame = ground.copy()
            frame[y : y + 11, x : x + 11][disk] = 220
            frames.append(frame)
        return frames, corners

    return make
