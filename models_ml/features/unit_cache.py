"""The unit cache: CNN units in files, so that a retrain does not run the CNN again."""

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

# Writing a file takes seconds. An unfinished file that is older belongs to a process
# that was killed.
_LEFTOVER_SECONDS = 600


@dataclass(frozen=True, slots=True)
class CachedTrial:
    """The cache file of one trial; the file may not exist yet.

    Parameters
    ----------
    path : Path
        The NumPy file. Its name is a digest of all that the units depend on.
    shape : tuple of int
        ``(n_frames, n_columns)`` of the stored array.
    """

    path: Path
    shape: tuple[int, int]

    def read(self) -> Units | None:
        """Return the stored columns of the trial.

        Returns
        -------
        columns : array of float32, shape (n_frames, n_columns), or None
            None when there is no file, or when it is damaged or has another shape.
        """
        try:
            columns: Units = np.load(self.path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        if columns.shape != self.shape or columns.dtype != np.float32:
            return None
        return columns

    def write(self, columns: Units) -> None:
        """Store the columns of the trial, in one step.

        Parameters
        ----------
        columns : array of float32, shape (n_frames, n_columns)
            Columns of the trial as `UnitSet.select` returns them.

        Raises
        ------
        OSError
            If the file cannot be written; a file from before is then unchanged.
        """
        with replaced_file(self.path) as part, part.open("wb") as file:
            np.save(file, columns, allow_pickle=False)
        _remove_leftovers(self.path.parent)


@dataclass(frozen=True, slots=True)
class UnitCache:
    """A folder with one file for each trial, backbone and unit set.

    Parameters
    ----------
    folder : Path
        The folder; it is created when it is missing. Its files may be deleted at any
        time.
    """

    folder: Path

    def trial(
        self, frames: npt.NDArray[np.uint8], backbone: Backbone, unit_set: UnitSet
    ) -> CachedTrial:
        """Return the cache file of a trial.

        Parameters
        ----------
        frames : array of uint8, shape (n_frames, height, width)
            All frames of the trial, in frame order.
        backbone : Backbone
            The CNN that computes the units.
        unit_set : UnitSet
            The columns to store.

        Returns
        -------
        trial : CachedTrial
            The file. A change of a pixel, of the number of frames, of the backbone's
            weights or preprocessing, or of the unit set gives another file.
        """
        digest = hashlib.sha256()
        parts = (backbone.preprocessing, backbone.sha256, unit_set.sha256)
        for text in (str(frames.shape), *parts):
            digest.update(f"{text}\n".encode())
        digest.update(np.ascontiguousarray(frames).data)
        key = digest.hexdigest()
        # Many file systems are slow with a hundred thousand files in one folder.
        path = Path(self.folder) / key[:2] / f"{key}.npy"
        return CachedTrial(path, (len(frames), unit_set.n_columns))


def _remove_leftovers(folder: Path) -> None:
    """Remove the unfinished files of processes that were killed."""
    oldest = time.time() - _LEFTOVER_SECONDS
    for part in folder.glob(".*.npy.*"):
        # Another process may remove the same file at the same time.
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < oldest:
                part.unlink()
