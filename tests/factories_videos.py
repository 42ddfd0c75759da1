"""Videos for tests: a bright spot that moves over still noise."""

from pathlib import Path

import av
import numpy as np


def write_video(
    path: Path, frames, *, codec="libx264", pix_fmt="yuv420p", rate=25, **options
) -> Path:
    """Write frames, grey or BGR, as a video."""
    with av.open(str(path), "w", options=options) as video:
        stream = video.add_stream(codec, rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pix_fmt
        layout = "gray" if frames[0].ndim == 2 else "bgr24"
        for frame in frames:
            picture = av.VideoFrame.from_ndarray(frame, format=layout)
            video.mux(stream.encode(picture.reformat(format=pix_fmt)))
        video.mux(stream.encode())
    return path


def spots(n_frames=12, *, shape=(96, 128), seed=1):
    """Return frames of an 11 px wide spot, and its corner in each."""
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
