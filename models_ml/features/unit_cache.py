"""Kept CNN units, so that a retrain runs no CNN."""

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Units
from models_ml.atomic_file import replaced_file
from models_ml.cnn.backbone import Backbone
from models_ml.features.unit_set import UnitSet

# A file takes seconds to write. What is begun and older was left by a kill.
_LEFTOVER_SECONDS = 600


@dataclass(frozen=True, slots=True)
class CachedTrial:
    """Where a trial's units are kept, or will be.

    Parameters
    ----------
    path : Path
        The file. Its name holds all that the units depend on.
    shape : tuple of int
        (n_frames, n_columns) of what is kept there.
    """

    path: Path
    shape: tuple[int, int]

    def read(self) -> Units | None:
        """Return what is kept; None when it is not there or not whole."""
        try:
            kept: Units = np.load(self.path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        if kept.shape != self.shape or kept.dtype != np.float32:
            return None
        return kept

    def write(self, kept: Units) -> None:
        """Keep it: whole, or not at all.

        Parameters
        ----------
        kept : array of float32, shape (n_frames, n_columns)
            What `UnitSet.kept` made of the trial's units.
        """
        with replaced_file(self.path) as part, part.open("wb") as file:
            np.save(file, kept, allow_pickle=False)
        _remove_leftovers(self.path.parent)


@dataclass(frozen=True, slots=True)
class UnitCache:
    """A folder of CNN units, one file for each trial, backbone and set of units.

    Parameters
    ----------
    folder : Path
        Where the files lie; made when missing. It may be emptied at any time.
    """

    folder: Path

    def trial(
        self, frames: npt.NDArray[np.uint8], backbone: Backbone, unit_set: UnitSet
    ) -> CachedTrial:
        """Return where a trial's units are kept.

        Parameters
        ----------
        frames : array of uint8, shape (n_frames, height, width)
            All frames of the trial, in frame order.
        backbone : Backbone
            What they are run through.
        unit_set : UnitSet
            What is kept of its units.

        Returns
        -------
        trial : CachedTrial
            Another one when anything differs: a pixel, the trial's length, what
            happens to frames before the CNN, its weights, or what is kept.
        """
        digest = hashlib.sha256()
        parts = (backbone.preprocessing, backbone.sha256, unit_set.sha256)
        for text in (str(frames.shape), *parts):
            digest.update(f"{text}\n".encode())
        digest.update(np.ascontiguousarray(frames).data)
        key = digest.hexdigest()
        # A folder of a hundred thousand files is slow on many file systems.
        path = Path(self.folder) / key[:2] / f"{key}.npy"
        return CachedTrial(path, (len(frames), unit_set.n_columns))


def _remove_leftovers(folder: Path) -> None:
    """Remove what was begun by processes that were killed."""
    oldest = time.time() - _LEFTOVER_SECONDS
    for part in folder.glob(".*.npy.*"):
        # Others may do the same at the same time.
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < oldest:
                part.unlink()
