"""Frame strips: frames of a trial side by side in one grey PNG picture."""

import io
from base64 import b64encode
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from labeling.domain.recordings.session_files import opened_session
from labeling.errors import NotFoundError
from labeling.models import Trial

STRIP_FRAMES_MAX = 60
SAMPLED_FRAMES = 10


def strip_png(trial: Trial, start: int, stop: int) -> bytes:
    """Return the frames `[start, stop)` of a trial as one picture."""
    if not 0 <= start < stop <= trial.n_frames or stop - start > STRIP_FRAMES_MAX:
        raise NotFoundError(
            f"Frames {start} to {stop} cannot be shown. Choose at most "
            f"{STRIP_FRAMES_MAX} frames between 0 and {trial.n_frames}."
        )
    first = trial.first_row
    with opened_session(trial.session) as source:
        frames = source.frames(first + start, first + stop)
    return _png(list(frames))


def sampled_strip_png(trial: Trial) -> bytes:
    """Return ten frames of a trial, evenly spread from the first to the last."""
    wanted = np.linspace(0, trial.n_frames - 1, SAMPLED_FRAMES).astype(int)
    rows = (trial.first_row + wanted).tolist()
    with opened_session(trial.session) as source:
        frames = [source.frames(row, row + 1)[0] for row in rows]
    return _png(frames)


def png_data_uri(png: bytes) -> str:
    """Return a picture as a data URI, for files and fragments that stand alone."""
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _png(frames: Sequence[npt.NDArray[np.uint8]]) -> bytes:
    from PIL import Image

    picture = io.BytesIO()
    Image.fromarray(np.concatenate(frames, axis=1)).save(picture, "PNG")
    return picture.getvalue()
