"""What a pickled LightGBM Booster holds, read without unpickling it.

A pickle is a program. This reads the few instructions that write down a Booster's
state and notes their data; no class is imported, nothing is called, and any other
instruction is refused.
"""

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

PICKLE_BYTES_MAX = 64 * 1024**2
# The published one has 250; what a Booster keeps of its training adds few.
_INSTRUCTIONS_MAX = 20_000

_BOOSTER = "lightgbm.basic.Booster"
# Beside the Booster: what its best_score is made of.
_ADMITTED = {
    _BOOSTER,
    "collections.OrderedDict",
    "collections.defaultdict",
    "numpy.dtype",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
}


class WhaccPickleError(ValueError):
    """A pickle that is not one of a Booster, with one sentence that says why."""


def booster_state(pickled: bytes) -> dict[str, Any]:
    """Return what a pickled Booster's attributes were.

    Parameters
    ----------
    pickled : bytes
        A pickle of protocol 2 to 5.

    Returns
    -------
    state : dict
        By name: texts, numbers and None as they were, a `Note` in place of all else.

    Raises
    ------
    WhaccPickleError
        If the pickle is damaged, too large, or would do anything but make a Booster.
    """
    if len(pickled) > PICKLE_BYTES_MAX:
        _refuse(f"more than {PICKLE_BYTES_MAX // 1024**2} MiB")
    made = _read(pickled)
    state = made.state if isinstance(made, Note) and made.name == _BOOSTER else None
    if not isinstance(state, dict):
        _refuse("something else in it")
    return state


@dataclass(slots=True)
class Note:
    """A name in the pickle, or what the pickle would make with it; inert."""

    name: str = ""
    state: Any = field(default=None, repr=False)


class _Mark:
    """Where a group of values begins."""


def _read(pickled: bytes) -> Any:
    reader = _Reader()
    try:
        for done, (code, argument, _) in enumerate(pickletools.genops(pickled)):
            if done >= _INSTRUCTIONS_MAX:
                _refuse(f"more than {_INSTRUCTIONS_MAX} instructions")
            reader.follow(code.name, argument)
        return reader.stack.pop()
    except WhaccPickleError:
        raise
    # pickletools reads damaged arguments in as many ways as there are kinds of them.
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        raise WhaccPickleError(
            f"Expected a pickled LightGBM Booster; reading it failed: {error!s:.80}: "
            "copy the file again from where it comes."
        ) from error


class _Reader:
    """Follows a pickle's instructions on data alone."""

    def __init__(self) -> None:
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
        elif name not in _SKIPPED:
            _refuse(f"the instruction {name}")

    def memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self.stack[-1]

    def put(self, place: int) -> None:
        self._memo[place] = self.stack[-1]

    def get(self, place: int) -> None:
        self.stack.append(self._memo[place])

    def name(self, argument: str) -> None:
        module, name = argument.split(" ", 1)
        self._push_name(module, name)

    def stacked_name(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self._push_name(module, name)

    def _push_name(self, module: Any, name: Any) -> None:
        whole = f"{module}.{name}" if type(module) is type(name) is str else "no name"
        if whole not in _ADMITTED:
            _refuse(f"{whole:.80}")
        self.stack.append(Note(whole))

    def make(self, _: Any) -> None:
        self.stack.pop()
        maker = self.stack.pop()
        if not isinstance(maker, Note):
            _refuse("a call of something that has no name")
        self.stack.append(Note(maker.name))

    def build(self, _: Any) -> None:
        state = self.stack.pop()
        if not isinstance(self.stack[-1], Note):
            _refuse("a state of something that is no object")
        self.stack[-1].state = state

    def set_item(self, _: Any) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._set([key, value])

    def set_items(self, _: Any) -> None:
        self._set(self._pop_group())

    def _set(self, keys_and_values: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict | Note) or len(keys_and_values) % 2:
            _refuse("items of something that has none")
        for key, value in zip(*[iter(keys_and_values)] * 2, strict=True):
            if type(key) is not str:
                _refuse("a key that is no text")
            if isinstance(target, dict):
                target[key] = value

    def append(self, _: Any) -> None:
        self.stack.pop()
        self._check_list()

    def appends(self, _: Any) -> None:
        self._pop_group()
        self._check_list()

    def _check_list(self) -> None:
        if not isinstance(self.stack[-1], Note):
            _refuse("elements of something that has none")

    def group_as_tuple(self, _: Any) -> None:
        self._pop_group()
        self.stack.append(Note("tuple"))

    def _pop_group(self) -> list[Any]:
        group = []
        while not isinstance(value := self.stack.pop(), _Mark):
            group.append(value)
        return group[::-1]

    def tuple_of(self, count: int) -> None:
        for _ in range(count):
            self.stack.pop()
        self.stack.append(Note("tuple"))


_SKIPPED = {"PROTO", "FRAME", "STOP"}
_PUSHES_ITS_ARGUMENT = {
    *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
    *("SHORT_BINBYTES", "BINBYTES"),
}
_PUSHES: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "MARK": _Mark,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": lambda: Note("list"),
    "EMPTY_TUPLE": lambda: Note("tuple"),
}
_FOLLOWED: dict[str, Callable[[_Reader, Any], None]] = {
    "MEMOIZE": _Reader.memoize,
    "BINPUT": _Reader.put,
    "LONG_BINPUT": _Reader.put,
    "BINGET": _Reader.get,
    "LONG_BINGET": _Reader.get,
    "GLOBAL": _Reader.name,
    "STACK_GLOBAL": _Reader.stacked_name,
    "NEWOBJ": _Reader.make,
    "REDUCE": _Reader.make,
    "BUILD": _Reader.build,
    "SETITEM": _Reader.set_item,
    "SETITEMS": _Reader.set_items,
    "APPEND": _Reader.append,
    "APPENDS": _Reader.appends,
    "TUPLE": _Reader.group_as_tuple,
    "TUPLE1": lambda reader, _: reader.tuple_of(1),
    "TUPLE2": lambda reader, _: reader.tuple_of(2),
    "TUPLE3": lambda reader, _: reader.tuple_of(3),
}


def _refuse(found: str) -> NoReturn:
    raise WhaccPickleError(
        f"Expected a pickled LightGBM Booster and nothing else; found {found}: this "
        "file is not one that WhACC writes, and nothing in it was run."
    )
