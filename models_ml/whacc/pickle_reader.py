"""A reader of pickles that imports nothing and calls nothing.

A pickle is a program. This reader follows the few instructions for values, groups of
values and names, on its own stack. It refuses any other instruction, and any name that
is not allowed.
"""

import pickletools
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn

# Exceptions of damaged pickles: pickletools raises another one for each kind of value.
DAMAGED = (ValueError, IndexError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a pickle; the object of that name is not imported."""

    name: str


@dataclass(slots=True)
class PickledObject:
    """An object that unpickling would create by a call; the call is not made.

    Parameters
    ----------
    name : str
        Name of the class or function to call.
    arguments : object
        Arguments of the call.
    state : object
        State that the object would then get.
    """

    name: str
    arguments: Any = field(default=None, repr=False)
    state: Any = field(default=None, repr=False)


class _Mark:
    """The start of a group of values on the stack."""


class PickleReader:
    """A reader for one pickle.

    Parameters
    ----------
    names : collection of str
        Allowed names, with their modules.
    without : collection of str
        Instructions to refuse although the reader knows them.
    n_instructions_max : int
        Largest number of instructions.
    includes_groups : bool
        Whether to return the elements of lists and tuples. If not, each list or tuple
        is a `PickledObject` with the name ``list`` or ``tuple``.
    refuse : callable
        Called with a description of what is not allowed; it must raise an exception.
    """

    def __init__(
        self,
        *,
        names: Collection[str],
        n_instructions_max: int,
        refuse: Callable[[str], NoReturn],
        without: Collection[str] = (),
        includes_groups: bool = True,
    ) -> None:
        self._names, self._without = names, without
        self._n_max, self._refuse = n_instructions_max, refuse
        self._includes_groups = includes_groups
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def read(self, pickled: bytes | IO[bytes]) -> Any:
        """Return the value in a pickle.

        Parameters
        ----------
        pickled : bytes or binary file
            A pickle of protocol 2 to 5.

        Returns
        -------
        value : object
            Texts, bytes, numbers, None, lists, tuples, and dicts with texts as keys;
            all other values are replaced by a `Name` or a `PickledObject`.

        Raises
        ------
        ValueError, IndexError, KeyError, TypeError, OverflowError
            The exceptions of `DAMAGED`, if the pickle is damaged.
        Exception
            The exception of `refuse`, if an instruction or a name is not allowed.
        """
        for n_done, (code, argument, _) in enumerate(pickletools.genops(pickled)):
            if n_done >= self._n_max:
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

    def _put(self, index: int) -> None:
        self._memo[index] = self._stack[-1]

    def _get(self, index: int) -> None:
        self._stack.append(self._memo[index])

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
        arguments, function = self._stack.pop(), self._stack.pop()
        if not isinstance(function, Name):
            self._refuse("a call of something without a name")
        self._stack.append(PickledObject(function.name, arguments))

    def _build(self, _: Any) -> None:
        state = self._stack.pop()
        if not isinstance(self._stack[-1], PickledObject):
            self._refuse("the state of something that is not an object")
        self._stack[-1].state = state

    def _set_item(self, _: Any) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._set([key, value])

    def _set_items(self, _: Any) -> None:
        self._set(self._group())

    def _set(self, keys_and_values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict | PickledObject) or len(keys_and_values) % 2:
            self._refuse("items of something that is not a dict")
        for key, value in zip(*[iter(keys_and_values)] * 2, strict=True):
            # Hashing other keys, such as nested tuples, may never end.
            if type(key) is not str:
                self._refuse("a key that is not a text")
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
        elif self._includes_groups or not isinstance(target, PickledObject):
            self._refuse("elements of something that is not a list")

    def _group_as_tuple(self, _: Any) -> None:
        self._push_group(tuple(self._group()))

    def _push_group(self, group: list[Any] | tuple[Any, ...]) -> None:
        if self._includes_groups:
            self._stack.append(group)
        else:
            self._stack.append(PickledObject(type(group).__name__))

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
