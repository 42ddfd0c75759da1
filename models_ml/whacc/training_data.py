"""What WhACC's classifier was trained on, out of its pickles, read without unpickling.

`tvt_x.pkl`, `tvt_y.pkl` and `tvt_fn.pkl` (a download of 3 GB) hold a list of three
arrays each: for training, validation and test the features, the labels and the lengths
of runs of frames. A pickle is a program: the instructions that write down lists of
arrays are followed here on data alone, and any other is refused.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from models_ml.exceptions import CoreError
from models_ml.whacc.pickle_reader import DAMAGED, Made, PickleReader

SETS = ("training", "validation", "test")
FILES = ("tvt_x.pkl", "tvt_y.pkl", "tvt_fn.pkl")
N_COLUMNS = 2105
# Three arrays take about 150.
_INSTRUCTIONS_MAX = 5_000

_DTYPES = {f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)}
_DTYPES |= {"b1", "f2", "f4", "f8"}
_MAKERS = {
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "numpy.ndarray",
    "numpy.dtype",
}
_NOT_OF_ARRAYS = {"EMPTY_DICT", "SETITEM", "SETITEMS", "NEWOBJ", "BINFLOAT"}


class WhaccTrainingDataError(CoreError):
    """Files are not WhACC's training data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaccTrainingData:
    """The set that WhACC trained on; its validation and test sets are left alone.

    Parameters
    ----------
    features : array of float32, shape (n_frames, 2105)
        In the order of `models_ml.features.temporal.whacc_feature_set`.
    labels : array of int8, shape (n_frames,)
        1 touch, 0 not touch.
    lengths : array of int64, shape (n_runs,)
        Frames of each run, one after the other.
    """

    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int8]
    lengths: npt.NDArray[np.int64]


def read_whacc_training_data(folder: Path) -> WhaccTrainingData:
    """Read WhACC's training set.

    Parameters
    ----------
    folder : Path
        With the three files.

    Returns
    -------
    data : WhaccTrainingData
        Of the first of the three sets.

    Raises
    ------
    WhaccTrainingDataError
        If a file is missing, damaged, holds anything but arrays of numbers, or the
        arrays do not fit together.
    """
    features, labels, lengths = (_first_array(folder / name) for name in FILES)
    if features.ndim != 2 or features.shape[1] != N_COLUMNS:
        _refuse(FILES[0], f"an array of shape {features.shape} without {N_COLUMNS:,}")
    labels, lengths = labels.ravel(), lengths.ravel()
    if len(labels) != len(features) or not np.isin(labels, (0, 1)).all():
        _refuse(FILES[1], f"{len(labels):,} labels that are not one 0 or 1 a frame")
    if (lengths < 1).any() or lengths.sum() != len(features):
        _refuse(FILES[2], f"lengths of {lengths.sum():,} frames together")
    return WhaccTrainingData(
        features=features.astype(np.float32, copy=False),
        labels=labels.astype(np.int8),
        lengths=lengths.astype(np.int64),
    )


def _first_array(path: Path) -> npt.NDArray[Any]:
    def refuse(found: str) -> NoReturn:
        _refuse(path.name, found)

    reader = PickleReader(
        names=_MAKERS,
        without=_NOT_OF_ARRAYS,
        n_instructions_max=_INSTRUCTIONS_MAX,
        refuse=refuse,
    )
    try:
        with path.open("rb") as file:
            made = reader.read(file)
        if not isinstance(made, list) or len(made) != len(SETS):
            refuse("something else than a list of three arrays")
        return _as_array(made[0], path.name)
    except OSError as error:
        raise WhaccTrainingDataError(
            f"Expected {', '.join(FILES)} in one folder; {path.name} cannot be read "
            f"({error.strerror}): name the folder that WhACC downloads them to."
        ) from error
    except WhaccTrainingDataError:
        raise
    except DAMAGED as error:
        _refuse(path.name, f"something damaged ({error!s:.80})", error)


def _as_array(value: Any, file: str) -> npt.NDArray[Any]:
    if isinstance(value, list) and all(type(one) is int for one in value):
        return np.array(value, np.int64)
    if not isinstance(value, Made) or not value.name.endswith("._reconstruct"):
        _refuse(file, "something else than arrays")
    _, shape, dtype, is_fortran, content = value.state
    if not isinstance(dtype, Made) or dtype.name != "numpy.dtype":
        _refuse(file, "an array without a kind of numbers")
    code, order = dtype.arguments[0], dtype.state[1] if dtype.state else "="
    if code not in _DTYPES or order not in ("<", "|", "=", ">"):
        _refuse(file, f"an array of {code!s:.20}")
    if type(content) is not bytes:
        _refuse(file, "an array whose values are not written as bytes")
    whole = np.frombuffer(content, np.dtype(code).newbyteorder(order))
    return whole.reshape(shape, order="F" if is_fortran else "C")


def _refuse(file: str, found: str, error: Exception | None = None) -> NoReturn:
    raise WhaccTrainingDataError(
        f"Expected WhACC's training data, three arrays of numbers in each of "
        f"{', '.join(FILES)}; found {found} in {file}: name the folder that WhACC "
        "downloads them to. Nothing in it was run."
    ) from error
