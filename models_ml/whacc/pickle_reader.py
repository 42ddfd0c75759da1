"""Follows a pickle's instructions on data alone: nothing is imported, nothing called.

A pickle is a program. The few instructions that put down values, groups of them and
names are followed here on a stack of our own; any other is refused by its name, and so
is any name that was not expected.
"""

import pickletools
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn

# What damaged arguments raise: pickletools reads each kind of them in its own way.
DAMAGED = (ValueError, IndexError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a pickle; inert."""

    name: str


@dataclass(slots=True)
class Made:
    """What a pickle would make with a name; inert.

    Parameters
    ----------
    name : str
        What it would call.
    arguments : object
        With what.
    state : object
        What it would give it then.
    """

    name: str
    arguments: Any = field(default=None, repr=False)
    state: Any = field(default=None, repr=False)


class _Mark:
    """Where a group of values begins."""


class PickleReader:
    """Reads one pickle.

    Parameters
    ----------
    names : collection of str
        The names that may occur in it, with their modules.
    without : collection of str
        Instructions that are refused though this could follow them.
    n_instructions_max : int
        More are refused.
    keeps_groups : bool
        Whether to keep what lists and tuples hold; without, there is a `Made` in place
        of each, named ``list`` or ``tuple``.
    refuse : callable
        Raises, told what was found.
    """

    def __init__(
        self,
        *,
        names: Collection[str],
        n_instructions_max: int,
        refuse: Callable[[str], NoReturn],
        without: Collection[str] = (),
        keeps_groups: bool = True,
    ) -> None:
        self._names, self._without = names, without
        self._n_max, self._refuse = n_instructions_max, refuse
        self._keeps_groups = keeps_groups
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def read(self, pickled: bytes | IO[bytes]) -> Any:
        """Return what a pickle holds.

        Parameters
        ----------
        pickled : bytes or binary file
            A pickle of protocol 2 to 5.

        Returns
        -------
        value : object
            Texts, bytes, numbers, None, lists, tuples and dicts with texts for keys as
            they were; `Name` and `Made` in place of all else.

        Raises
        ------
        ValueError, IndexError, KeyError, TypeError, OverflowError
            If it is damaged: `DAMAGED`.
        Exception
            What `refuse` raises, if it is not of these instructions and names alone.
        """
        for done, (code, argument, _) in enumerate(pickletools.genops(pickled)):
            if done >= self._n_max:
                self._refuse(f"more than {self._n_max} instructions")
            self._follow(code.name, argument)
        return self._stack.pop()

    def _follow(self, name: str, argument: Any) -> None:
        if name in self._without:
            self._refuse(f"the instruction {name}")
        elif name in _PUSHES_ITS_ARGUMENT:
            self._stack.append(argument)
        elif name in _PUSHES:
            self._stack.append(_PUSHES[name]())
        elif name in _FOLLOWED:
            _FOLLOWED[name](self, argument)
        elif name not in _SKIPPED:
            self._refuse(f"the instruction {name}")

    def _memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _put(self, place: int) -> None:
        self._memo[place] = self._stack[-1]

    def _get(self, place: int) -> None:
        self._stack.append(self._memo[place])

    def _name(self, argument: str) -> None:
        self._push_name(*argument.split(" ", 1))

    def _stacked_name(self, _: Any) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._push_name(module, name)

    def _push_name(self, module: Any, name: Any) -> None:
        whole = f"{module}.{name}" if type(module) is type(name) is str else "no name"
        if whole not in self._names:
            self._refuse(f"{whole:.80}")
        self._stack.append(Name(whole))

    def _make(self, _: Any) -> None:
        arguments, maker = self._stack.pop(), self._stack.pop()
        if not isinstance(maker, Name):
            self._refuse("a call of something that has no name")
        self._stack.append(Made(maker.name, arguments))

    def _build(self, _: Any) -> None:
        state = self._stack.pop()
        if not isinstance(self._stack[-1], Made):
            self._refuse("a state of something that is no object")
        self._stack[-1].state = state

    def _set_item(self, _: Any) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._set([key, value])

    def _set_items(self, _: Any) -> None:
        self._set(self._group())

    def _set(self, keys_and_values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict | Made) or len(keys_and_values) % 2:
            self._refuse("items of something that has none")
        for key, value in zip(*[iter(keys_and_values)] * 2, strict=True):
            # Anything else could take for ever to hash.
            if type(key) is not str:
                self._refuse("a key that is no text")
            if isinstance(target, dict):
                target[key] = value

    def _append(self, _: Any) -> None:
        self._extend([self._stack.pop()])

    def _appends(self, _: Any) -> None:
        self._extend(self._group())

    def _extend(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, list):
            target.extend(values)
        elif self._keeps_groups or not isinstance(target, Made):
            self._refuse("elements of something that has none")

    def _group_as_tuple(self, _: Any) -> None:
        self._push_group(tuple(self._group()))

    def _push_group(self, group: list[Any] | tuple[Any, ...]) -> None:
        kept = group if self._keeps_groups else Made(type(group).__name__)
        self._stack.append(kept)

    def _group(self) -> list[Any]:
        group = []
        while not isinstance(value := self._stack.pop(), _Mark):
            group.append(value)
        return group[::-1]

    def _tuple_of(self, count: int) -> None:
        values = [self._stack.pop() for _ in range(count)]
        self._push_group(tuple(values[::-1]))


_SKIPPED = {"PROTO", "FRAME", "STOP"}
_PUSHES_ITS_ARGUMENT = {
    *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
    *("SHORT_BINBYTES", "BINBYTES", "BINBYTES8"),
}
_PUSHES: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "MARK": _Mark,
    "EMPTY_DICT": dict,
}
_FOLLOWED: dict[str, Callable[[PickleReader, Any], None]] = {
    "MEMOIZE": PickleReader._memoize,
    "BINPUT": PickleReader._put,
    "LONG_BINPUT": PickleReader._put,
    "BINGET": PickleReader._get,
    "LONG_BINGET": PickleReader._get,
    "GLOBAL": PickleReader._name,
    "STACK_GLOBAL": PickleReader._stacked_name,
    "NEWOBJ": PickleReader._make,
    "REDUCE": PickleReader._make,
    "BUILD": PickleReader._build,
    "SETITEM": PickleReader._set_item,
    "SETITEMS": PickleReader._set_items,
    "EMPTY_LIST": lambda reader, _: reader._push_group([]),
    "EMPTY_TUPLE": lambda reader, _: reader._push_group(()),
    "APPEND": PickleReader._append,
    "APPENDS": PickleReader._appends,
    "TUPLE": PickleReader._group_as_tuple,
    "TUPLE1": lambda reader, _: reader._tuple_of(1),
    "TUPLE2": lambda reader, _: reader._tuple_of(2),
    "TUPLE3": lambda reader, _: reader._tuple_of(3),
}
