"""Kept CNN units, so that a retrain runs no CNN."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models_ml.atomic_file import replaced_file
from models_ml.backbone import Backbone, Units


@dataclass(frozen=True, slots=True)
class UnitCache:
    """A folder of CNN units, one file for each trial and backbone.

    Parameters
    ----------
    folder : Path
        Where the files lie; made when missing. It may be emptied at any time.
    """

    folder: Path

    def cached_units(self, frames: npt.NDArray[np.uint8], backbone: Backbone) -> Units:
        """Return a trial's units, run through the CNN only the first time.

        Parameters
        ----------
        frames : array of uint8, shape (n_frames, height, width)
            All frames of the trial, in frame order.
        backbone : Backbone
            What to run them through.

        Returns
        -------
        units : array of float32, shape (n_frames, n_units)
            The same values whether they were kept or not.
        """
        path = self._path(frames, backbone)
        shape = (len(frames), backbone.n_units)
        kept = _kept_units(path, shape)
        if kept is not None:
            return kept
        units = backbone.units(frames)
        with replaced_file(path) as part, part.open("wb") as file:
            np.save(file, units, allow_pickle=False)
        return units

    def _path(self, frames: npt.NDArray[np.uint8], backbone: Backbone) -> Path:
        digest = hashlib.sha256()
        for text in (str(frames.shape), backbone.preprocessing, backbone.sha256):
            digest.update(f"{text}\n".encode())
        digest.update(np.ascontiguousarray(frames).data)
        key = digest.hexdigest()
        # A folder of a hundred thousand files is slow on many file systems.
        return Path(self.folder) / key[:2] / f"{key}.npy"


def _kept_units(path: Path, shape: tuple[int, int]) -> Units | None:
    """Return the units in a file; None when it is not there or not whole."""
    try:
        units = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if units.shape != shape or units.dtype != np.float32:
        return None
    kept: Units = units
    return kept
