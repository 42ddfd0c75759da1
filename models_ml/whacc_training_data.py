"""What WhACC's classifier was trained on, out of its pickles, read without unpickling.

`tvt_x.pkl`, `tvt_y.pkl` and `tvt_fn.pkl` (a download of 3 GB) hold a list of three
arrays each: for training, validation and test the features, the labels and the lengths
of runs of frames. A pickle is a program: the instructions that write down lists of
arrays are followed here on data alone, and any other is refused.
"""

import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

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


class WhaccTrainingDataError(ValueError):
    """Files that are not WhACC's training data, with one sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaccTrainingData:
    """The set that WhACC trained on; its validation and test sets are left alone.

    Parameters
    ----------
    features : array of float32, shape (n_frames, 2105)
        In the order of `models_ml.temporal.whacc_feature_set`.
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
    reader = _Reader(path.name)
    try:
        with path.open("rb") as file:
            for done, (code, argument, _) in enumerate(pickletools.genops(file)):
                if done >= _INSTRUCTIONS_MAX:
                    _refuse(path.name, f"more than {_INSTRUCTIONS_MAX} instructions")
                reader.follow(code.name, argument)
    except OSError as error:
        raise WhaccTrainingDataError(
            f"Expected {', '.join(FILES)} in one folder; {path.name} cannot be read "
            f"({error.strerror}): name the folder that WhACC downloads them to."
        ) from error
    except WhaccTrainingDataError:
        raise
    # pickletools reads damaged arguments in as many ways as there are kinds of them.
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        _refuse(path.name, f"something damaged ({error!s:.80})", error)
    made = reader.stack.pop() if reader.stack else None
    if not isinstance(made, list) or len(made) != len(SETS):
        _refuse(path.name, "something else than a list of three arrays")
    return _as_array(made[0], path.name)


@dataclass(slots=True)
class _Name:
    """A name in the pickle; inert."""

    name: str


@dataclass(slots=True)
class _Made:
    """What the pickle would make with a name; inert."""

    name: str
    arguments: Any
    state: Any = None


class _Mark:
    """Where a group of values begins."""


def _as_array(value: Any, file: str) -> npt.NDArray[Any]:
    if isinstance(value, list) and all(type(one) is int for one in value):
        return np.array(value, np.int64)
    if not isinstance(value, _Made) or not value.name.endswith("._reconstruct"):
        _refuse(file, "something else than arrays")
    _, shape, dtype, is_fortran, content = value.state
    if not isinstance(dtype, _Made) or dtype.name != "numpy.dtype":
        _refuse(file, "an array without a kind of numbers")
    code, order = dtype.arguments[0], dtype.state[1] if dtype.state else "="
    if code not in _DTYPES or order not in ("<", "|", "=", ">"):
        _refuse(file, f"an array of {code!s:.20}")
    if type(content) is not bytes:
        _refuse(file, "an array whose values are not written as bytes")
    whole = np.frombuffer(content, np.dtype(code).newbyteorder(order))
    return whole.reshape(shape, order="F" if is_fortran else "C")


class _Reader:
    """Follows a pickle's instructions on data alone."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def follow(self, name: str, argument: Any) -> None:
        """Follow one instruction, or refuse it."""
        if name in _PUSHES_ITS_ARGUMENT:
            self.stack.append(argument)
        elif name in _PUSHES:
            self.stack.append(_PUSHES[name]())
        elif name in _FOLLOWED:
            _FOLLOWED[name](self, argument)
        elif name not in ("PROTO", "FRAME", "STOP"):
            _refuse(self.file, f"the instruction {name}")

    def memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self.stack[-1]

    def put(self, place: int) -> None:
        self._memo[place] = self.stack[-1]

    def get(self, place: int) -> None:
        self.stack.append(self._memo[place])

    def name(self, argument: str) -> None:
        self._push_name(*argument.split(" ", 1))

    def stacked_name(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self._push_name(module, name)

    def _push_name(self, module: Any, name: Any) -> None:
        whole = f"{module}.{name}" if type(module) is type(name) is str else "no name"
        if whole not in _MAKERS:
            _refuse(self.file, f"{whole:.80}")
        self.stack.append(_Name(whole))

    def make(self, _: Any) -> None:
        arguments, maker = self.stack.pop(), self.stack.pop()
        if not isinstance(maker, _Name) or not isinstance(arguments, tuple):
            _refuse(self.file, "a call of something that has no name")
        self.stack.append(_Made(maker.name, arguments))

    def build(self, _: Any) -> None:
        state = self.stack.pop()
        if not isinstance(self.stack[-1], _Made) or not isinstance(state, tuple):
            _refuse(self.file, "a state of something that is no array")
        self.stack[-1].state = state

    def append(self, _: Any) -> None:
        self._extend([self.stack.pop()])

    def appends(self, _: Any) -> None:
        self._extend(self._group())

    def _extend(self, values: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            _refuse(self.file, "elements of something that has none")
        self.stack[-1].extend(values)

    def group_as_tuple(self, _: Any) -> None:
        self.stack.append(tuple(self._group()))

    def _group(self) -> list[Any]:
        group = []
        while not isinstance(value := self.stack.pop(), _Mark):
            group.append(value)
        return group[::-1]

    def tuple_of(self, count: int) -> None:
        values = tuple(self.stack[-count:])
        if len(values) < count:
            _refuse(self.file, "a group that is not whole")
        del self.stack[-count:]
        self.stack.append(values)


_PUSHES_ITS_ARGUMENT = {
    *("BININT", "BININT1", "BININT2", "LONG1"),
    *("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
    *("SHORT_BINBYTES", "BINBYTES", "BINBYTES8"),
}
_PUSHES: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "MARK": _Mark,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}
_FOLLOWED: dict[str, Callable[[_Reader, Any], None]] = {
    "MEMOIZE": _Reader.memoize,
    "BINPUT": _Reader.put,
    "LONG_BINPUT": _Reader.put,
    "BINGET": _Reader.get,
    "LONG_BINGET": _Reader.get,
    "GLOBAL": _Reader.name,
    "STACK_GLOBAL": _Reader.stacked_name,
    "REDUCE": _Reader.make,
    "BUILD": _Reader.build,
    "APPEND": _Reader.append,
    "APPENDS": _Reader.appends,
    "TUPLE": _Reader.group_as_tuple,
    "TUPLE1": lambda reader, _: reader.tuple_of(1),
    "TUPLE2": lambda reader, _: reader.tuple_of(2),
    "TUPLE3": lambda reader, _: reader.tuple_of(3),
}


def _refuse(file: str, found: str, error: Exception | None = None) -> NoReturn:
    raise WhaccTrainingDataError(
        f"Expected WhACC's training data, three arrays of numbers in each of "
        f"{', '.join(FILES)}; found {found} in {file}: name the folder that WhACC "
        "downloads them to. Nothing in it was run."
    ) from error
