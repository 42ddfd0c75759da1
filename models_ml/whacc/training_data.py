"""The training data of WhACC's classifier, read from pickles without unpickling them.

`tvt_x.pkl`, `tvt_y.pkl` and `tvt_fn.pkl` (a download of 3 GB) have the features, the
labels and the lengths of runs of frames: each a list of three arrays, for training,
validation and test. A pickle is a program: this module reads the data of the
instructions for lists of arrays, and refuses any other instruction.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from models_ml.exceptions import CoreError
from models_ml.whacc.pickle_reader import DAMAGED, PickledObject, PickleReader

SETS = ("training", "validation", "test")
FILES = ("tvt_x.pkl", "tvt_y.pkl", "tvt_fn.pkl")
N_COLUMNS = 2105
_FOLDER_ADVICE = f"Choose the folder to which WhACC downloads {', '.join(FILES)}."
# A list of three arrays needs about 150.
_INSTRUCTIONS_MAX = 5_000

_DTYPES = {f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)}
_DTYPES |= {"b1", "f2", "f4", "f8"}
_ALLOWED_NAMES = {
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "numpy.ndarray",
    "numpy.dtype",
}
_REFUSED_INSTRUCTIONS = {"EMPTY_DICT", "SETITEM", "SETITEMS", "NEWOBJ", "BINFLOAT"}


class WhaccTrainingDataError(CoreError):
    """The files do not contain WhACC's training data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaccTrainingData:
    """WhACC's training set. Its validation and test sets are not used.

    Parameters
    ----------
    features : array of float32, shape (n_frames, 2105)
        Columns in the order of `models_ml.features.temporal.whacc_feature_set`.
    labels : array of int8, shape (n_frames,)
        1 touch, 0 not touch.
    lengths : array of int64, shape (n_runs,)
        Number of frames of each run; runs follow each other.
    """

    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int8]
    lengths: npt.NDArray[np.int64]


def read_whacc_training_data(folder: Path) -> WhaccTrainingData:
    """Read WhACC's training set.

    Parameters
    ----------
    folder : Path
        Folder with the three files.

    Returns
    -------
    data : WhaccTrainingData
        The first of the three sets.

    Raises
    ------
    WhaccTrainingDataError
        If a file is missing or damaged, contains anything but arrays of numbers, or if
        the arrays do not fit together.
    """
    features, labels, lengths = (_first_array(folder / name) for name in FILES)
    if features.ndim != 2 or features.shape[1] != N_COLUMNS:
        _refuse(
            FILES[0], f"an array of shape {features.shape}, not {N_COLUMNS} columns"
        )
    labels, lengths = labels.ravel(), lengths.ravel()
    if len(labels) != len(features) or not np.isin(labels, (0, 1)).all():
        _refuse(FILES[1], f"{len(labels):,} labels, not one 0 or 1 for each frame")
    if (lengths < 1).any() or lengths.sum() != len(features):
        _refuse(FILES[2], f"lengths with a sum of {lengths.sum():,} frames")
    return WhaccTrainingData(
        features=features.astype(np.float32, copy=False),
        labels=labels.astype(np.int8),
        lengths=lengths.astype(np.int64),
    )


def _first_array(path: Path) -> npt.NDArray[Any]:
    def refuse(found: str) -> NoReturn:
        _refuse(path.name, found)

    reader = PickleReader(
        names=_ALLOWED_NAMES,
        without=_REFUSED_INSTRUCTIONS,
        n_instructions_max=_INSTRUCTIONS_MAX,
        refuse=refuse,
    )
    try:
        with path.open("rb") as file:
            arrays = reader.read(file)
        if not isinstance(arrays, list) or len(arrays) != len(SETS):
            refuse("something other than a list of three arrays")
        return _as_array(arrays[0], path.name)
    except OSError as error:
        raise WhaccTrainingDataError(
            f"{path.name} cannot be read ({error.strerror}). {_FOLDER_ADVICE}"
        ) from error
    except WhaccTrainingDataError:
        raise
    except DAMAGED as error:
        _refuse(path.name, f"damaged data ({error!s:.80})", error)


def _as_array(value: Any, file: str) -> npt.NDArray[Any]:
    if isinstance(value, list) and all(type(one) is int for one in value):
        return np.array(value, np.int64)
    if not isinstance(value, PickledObject) or not value.name.endswith("._reconstruct"):
        _refuse(file, "something other than arrays")
    _, shape, dtype, is_fortran, content = value.state
    if not isinstance(dtype, PickledObject) or dtype.name != "numpy.dtype":
        _refuse(file, "an array without a dtype")
    code, order = dtype.arguments[0], dtype.state[1] if dtype.state else "="
    if code not in _DTYPES or order not in ("<", "|", "=", ">"):
        _refuse(file, f"an array of dtype {code!s:.20}")
    if type(content) is not bytes:
        _refuse(file, "an array whose values are not bytes")
    values = np.frombuffer(content, np.dtype(code).newbyteorder(order))
    return values.reshape(shape, order="F" if is_fortran else "C")


def _refuse(file: str, found: str, error: Exception | None = None) -> NoReturn:
    raise WhaccTrainingDataError(
        f"{file} is not a file of WhACC's training data: it contains {found}. Nothing "
        f"in it was executed. {_FOLDER_ADVICE}"
    ) from error
