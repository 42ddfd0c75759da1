"""What a temporal feature is: operations over time on the units of one trial.

Each takes float32 units of shape (n_frames, n_units) and writes the frames whose
window lies within these. Windows are computed in float64 and rounded once, so that a
window of equal values has a mean of exactly that value and a standard deviation of
exactly 0: the published classifier splits on ``> 1e-35``, where any dust would flip
labels.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from models_ml.windows import Values, window_means, window_stds
from models_ml.workspace import Workspace

Units = npt.NDArray[np.float32]


def original(units: Units, frames: int, workspace: Workspace, out: Units) -> None:
    """Write the units as they are.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        Frames of one trial.
    frames : int
        Not used, and not `workspace` either: others need them.
    workspace : Workspace
        Memory.
    out : array of float32, shape (n_frames, n_units)
        Where to write.
    """
    out[...] = units


def shift(units: Units, frames: int, workspace: Workspace, out: Units) -> None:
    """Write what each unit was some frames before.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        Frames of one trial.
    frames : int
        How far to look back; ahead when negative.
    workspace : Workspace
        Not used.
    out : array of float32, shape (n_frames - abs(frames), n_units)
        ``units[t - frames]`` of each frame t where that is known.
    """
    out[...] = units[: len(out)] if frames > 0 else units[-frames:]


def diff(units: Units, frames: int, workspace: Workspace, out: Units) -> None:
    """Write how much each unit has grown since some frames before.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        Frames of one trial.
    frames : int
        How far to look back; ahead when negative.
    workspace : Workspace
        Not used.
    out : array of float32, shape (n_frames - abs(frames), n_units)
        ``units[t] - units[t - frames]`` of each frame t where that is known.
    """
    first, last = units[: len(out)], units[abs(frames) :]
    if frames > 0:
        np.subtract(last, first, out=out)
    else:
        np.subtract(first, last, out=out)


def rolling_mean(units: Units, width: int, workspace: Workspace, out: Units) -> None:
    """Write each unit's mean over a centred window.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        Frames of one trial.
    width : int
        Length of the window in frames; odd.
    workspace : Workspace
        Memory for what it takes.
    out : array of float32, shape (n_frames - width + 1, n_units)
        One row for each whole window.
    """
    window_means(_in_double(units, workspace), width, workspace, out)


def rolling_std(units: Units, width: int, workspace: Workspace, out: Units) -> None:
    """Write each unit's sample standard deviation over a centred window.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        Frames of one trial.
    width : int
        Length of the window in frames; odd, at least 3.
    workspace : Workspace
        Memory for what it takes.
    out : array of float32, shape (n_frames - width + 1, n_units)
        Divided by ``width - 1``; one row for each whole window.
    """
    window_stds(_in_double(units, workspace), width, workspace, out)


OPERATION: dict[str, Callable[[Units, int, Workspace, Units], None]] = {
    "original": original,
    "shift": shift,
    "diff": diff,
    "rolling_mean": rolling_mean,
    "rolling_std": rolling_std,
}


def _in_double(units: Units, workspace: Workspace) -> Values:
    values = workspace.array("values", units.shape)
    values[...] = units
    return values
