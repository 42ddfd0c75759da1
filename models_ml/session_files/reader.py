"""Session files: all frames of a session in WhACC's H5 layout.

A file that WhACC's tracker wrote, one of its later steps, or `write_session_file`.
Frames are read lazily and in runs, whatever the file's chunks. A lab's files are
opened read-only and without a lock, which many lab disks do not offer.
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
    TrialEntry,
    check_layout,
    read_locations,
    read_pole_times,
    read_trials,
    read_truth,
)
from models_ml.session_files.writer import write_session_file

__all__ = [
    "SessionFile",
    "SessionFileError",
    "TrialEntry",
    "open_session_file",
    "write_session_file",
]

# Large enough for the chunks of a run of frames, whatever their shape.
_CHUNK_CACHE_BYTES = 2**24
# Few enough to be read whenever a file is opened, whatever its chunks.
_FINGERPRINT_FRAMES = 5


def open_session_file(path: str | Path) -> "SessionFile":
    """Open a session file for reading and check it.

    Parameters
    ----------
    path : str or Path
        The H5 file; it is never written to.

    Returns
    -------
    session : SessionFile
        To be closed, or used in a ``with`` statement.

    Raises
    ------
    SessionFileError
        If the file cannot be read, lacks a key, or contradicts itself.
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
            # A missing decompressor or a damaged end shows here and not mid-scoring.
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
        Where it lies.
    trials : tuple of TrialEntry
        Its trials, in file order.
    pole_times : array of float64, shape (2, n_trials), or None
        Frames when the pole comes up and goes down, NaN where unknown. Without the key,
        the first and the last frame that WhACC's ``in_range`` marks.
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
            The last channel of the images: grey files hold the same in all three,
            files of lag images hold frame t there.

        Raises
        ------
        ValueError
            If the rows are not in the file.
        SessionFileError
            If they cannot be read.
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
        """Return where the crop around the pole was cut from each frame.

        Returns
        -------
        locations : array of float64, shape (n_frames, 2), or None
            The crop's corner, x and y in pixels; None when the file does not tell.

        Raises
        ------
        SessionFileError
            If there are not two numbers for each frame, or they cannot be read.
        """
        with _read_errors(self.path):
            return read_locations(self._file)

    def fingerprint(self) -> str:
        """Return what tells these frames from others.

        Returns
        -------
        fingerprint : str
            SHA-256, in hexadecimal, of the frames' size, the trials, and a few frames
            spread over the file. A copy of the file has the same; what else the file
            holds does not matter.
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
        # Picking every third byte is slower than reading all, unless HDF5 keeps the
        # channels in chunks of their own.
        return self._images.chunks is not None and self._images.chunks[3] == 1


def _opened(path: Path) -> h5py.File:
    if not path.is_file():
        raise SessionFileError(f"Expected a session file; there is no file {path}.")
    try:
        return h5py.File(path, "r", locking=False, rdcc_nbytes=_CHUNK_CACHE_BYTES)
    except PermissionError as error:
        raise SessionFileError(
            f"Expected to be allowed to read {path.name}; the system refuses it: "
            "change the file's permissions."
        ) from error
    except OSError as error:
        if "truncated" in str(error):
            raise SessionFileError(
                f"Expected a whole file; {path.name} is cut short after "
                f"{path.stat().st_size} bytes: copy it again."
            ) from error
        raise SessionFileError(
            f"Expected an HDF5 file as WhACC writes them; {path.name} is not one, or "
            f"it is damaged ({error})."
        ) from error


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise SessionFileError(
            f"Expected to read {path.name} to its end; it is damaged or packed by a "
            f"method that is not installed here ({error})."
        ) from error


def _times_in_range(
    file: h5py.File, trials: tuple[TrialEntry, ...]
) -> npt.NDArray[np.float64] | None:
    """Return from when until when ``in_range`` is 1; None where it says nothing."""
    values = file["in_range"][()] if "in_range" in file else np.empty(0)
    is_of_frames = np.shape(values) == (len(file["images"]),)
    if not is_of_frames or values.dtype.kind not in "fiu" or np.isnan(values).all():
        return None
    times = np.full((2, len(trials)), np.nan)
    for place, trial in enumerate(trials):
        of_trial = values[trial.first_row : trial.first_row + trial.n_frames]
        if not np.isnan(of_trial).any():
            marked = np.flatnonzero(of_trial == 1)
            times[:, place] = (marked[0], marked[-1] + 1) if len(marked) else (0, 0)
    return times
