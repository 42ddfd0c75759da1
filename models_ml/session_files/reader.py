"""Session files: all frames of a session in WhACC's H5 layout, for reading.

The file comes from WhACC's tracker, from one of its later steps or from
`write_session_file`. Frames are read lazily, in runs, from any layout of chunks. Files
are opened read-only and without a lock, because many lab disks have no locks.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.session_files.layout import (
    SessionFileError,
    check_data_inside,
    check_layout,
    read_locations,
    read_pole_times,
    read_truth,
)
from models_ml.session_files.trial_table import TrialEntry, read_trials

# Large enough for the chunks of a run of frames, of any shape.
_CHUNK_CACHE_BYTES = 2**24
# Few enough to read each time a file is opened, with any layout of chunks.
_FINGERPRINT_FRAMES = 5


def open_session_file(path: str | Path) -> "SessionFile":
    """Open a session file for reading and check it.

    Parameters
    ----------
    path : str or Path
        The H5 file; only read.

    Returns
    -------
    session : SessionFile
        The caller closes it or uses it in a ``with`` statement.

    Raises
    ------
    SessionFileError
        If the file cannot be read, a key is missing, or its data are inconsistent.
    """
    path = Path(path)
    file = _opened(path)
    try:
        with _read_errors(path):
            check_layout(file)
            trials = read_trials(file)
            pole_times = read_pole_times(file, len(trials))
            if pole_times is None:
                pole_times = _times_in_range(file, trials)
            session = SessionFile(
                path=path,
                trials=trials,
                pole_times=pole_times,
                truth=read_truth(file),
                _images=file["images"],
                _file=file,
            )
            # Reading both ends finds a missing decompressor or a damaged end now rather
            # than during scoring.
            session.frames(0, 1)
            session.frames(session.n_frames - 1, session.n_frames)
    except BaseException:
        file.close()
        raise
    return session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFile:
    """An open session file.

    Parameters
    ----------
    path : Path
        The H5 file.
    trials : tuple of TrialEntry
        The trials, in file order.
    pole_times : array of float64, shape (2, n_trials), or None
        Frames of each trial from which and until which the pole is in reach, NaN where
        unknown. Without the key ``pole_times``, they follow from WhACC's ``in_range``.
        None if the file has neither.
    truth : array of bool, shape (n_frames,), or None
        Exact touch frames of a simulated session.
    """

    path: Path
    trials: tuple[TrialEntry, ...]
    pole_times: npt.NDArray[np.float64] | None
    truth: npt.NDArray[np.bool_] | None
    _images: Any
    _file: Any

    @property
    def n_frames(self) -> int:
        """Number of frames of all trials together."""
        return int(self._images.shape[0])

    @property
    def is_simulated(self) -> bool:
        """Whether the simulator wrote this file: it has the key ``simulated_touch``."""
        return self.truth is not None

    @property
    def height(self) -> int:
        """Height of a frame in pixels."""
        return int(self._images.shape[1])

    @property
    def width(self) -> int:
        """Width of a frame in pixels."""
        return int(self._images.shape[2])

    def frames(self, start_row: int, stop_row: int) -> npt.NDArray[np.uint8]:
        """Return a run of frames.

        Parameters
        ----------
        start_row, stop_row : int
            Rows of the session, half-open.

        Returns
        -------
        frames : array of uint8, shape (n_frames, height, width)
            The last channel of the images. All three are equal in grey files; in files
            of lag images, the last one is frame t.

        Raises
        ------
        ValueError
            If the file does not have these rows.
        SessionFileError
            If the rows cannot be read.
        """
        if not 0 <= start_row <= stop_row <= self.n_frames:
            raise ValueError(
                f"Expected rows within the {self.n_frames} frames of {self.path.name}; "
                f"got {start_row} to {stop_row}."
            )
        with _read_errors(self.path):
            if self._images.ndim == 4 and self._channels_lie_apart():
                run = self._images[start_row:stop_row, :, :, -1]
            else:
                run = self._images[start_row:stop_row]
        return np.ascontiguousarray(run[..., -1] if run.ndim == 4 else run)

    def locations(self) -> npt.NDArray[np.float64] | None:
        """Return the position of each crop in the frame of its video.

        Returns
        -------
        locations : array of float64, shape (n_frames, 2), or None
            Top-left corner of each crop, x and y in pixels; None if the file does not
            have them.

        Raises
        ------
        SessionFileError
            If there are not two numbers per frame, or they cannot be read.
        """
        with _read_errors(self.path):
            return read_locations(self._file)

    def fingerprint(self) -> str:
        """Return a fingerprint of the frames.

        Returns
        -------
        fingerprint : str
            SHA-256, in hexadecimal, of the size of the frames, the trials, and a few
            frames spread over the file. A copy of the file has the same fingerprint;
            the file's other data have no influence.
        """
        digest = hashlib.sha256(f"{self.n_frames} {self.height} {self.width}".encode())
        for trial in self.trials:
            digest.update(f"\n{trial.number} {trial.n_frames}".encode())
        for row in np.linspace(0, self.n_frames - 1, _FINGERPRINT_FRAMES).astype(int):
            digest.update(self.frames(row, row + 1).tobytes())
        return digest.hexdigest()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _channels_lie_apart(self) -> bool:
        # Reading one channel is slower than reading all three, unless each channel has
        # its own chunks.
        return self._images.chunks is not None and self._images.chunks[3] == 1


@contextmanager
def opened_h5(path: Path) -> Iterator[h5py.File]:
    """Open an H5 file read-only, with errors in words; close it at the end.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    file : h5py.File

    Raises
    ------
    SessionFileError
        If the file cannot be read, or if its data are in other files.
    """
    file = _opened(path)
    try:
        check_data_inside(file)
        with _read_errors(path):
            yield file
    finally:
        file.close()


def _opened(path: Path) -> h5py.File:
    if not path.is_file():
        raise SessionFileError(f"There is no file {path}.")
    try:
        return h5py.File(path, "r", locking=False, rdcc_nbytes=_CHUNK_CACHE_BYTES)
    except PermissionError as error:
        raise SessionFileError(
            f"{path.name} cannot be read: the system denies access. Change the file's "
            "permissions."
        ) from error
    except OSError as error:
        if "truncated" in str(error):
            raise SessionFileError(
                f"{path.name} is incomplete: it ends after {path.stat().st_size} "
                "bytes. Copy it again."
            ) from error
        raise SessionFileError(
            f"{path.name} is not an HDF5 file, or it is damaged ({error})."
        ) from error


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise SessionFileError(
            f"{path.name} cannot be read to its end. It is damaged, or compressed by a "
            f"method that is not installed here ({error})."
        ) from error


def _times_in_range(
    file: h5py.File, trials: tuple[TrialEntry, ...]
) -> npt.NDArray[np.float64] | None:
    """Return the frames from which and until which ``in_range`` is 1, if known."""
    values = file["in_range"][()] if "in_range" in file else np.empty(0)
    is_of_frames = np.shape(values) == (len(file["images"]),)
    if not is_of_frames or values.dtype.kind not in "fiu" or np.isnan(values).all():
        return None
    times = np.full((2, len(trials)), np.nan)
    for position, trial in enumerate(trials):
        of_trial = values[trial.first_row : trial.first_row + trial.n_frames]
        if not np.isnan(of_trial).any():
            marked = np.flatnonzero(of_trial == 1)
            times[:, position] = (marked[0], marked[-1] + 1) if len(marked) else (0, 0)
    return times
