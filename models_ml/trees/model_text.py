"""The text of a LightGBM model, checked before LightGBM reads it.

LightGBM does not check its text: a wrong size crashes the process, and a wrong child or
column makes LightGBM read foreign memory.
"""

import re

import numpy as np

from models_ml.arrays import Float64s

_END = "\nend of trees\n"
_COLUMNS_MAX = 1_000_000

_SPLIT_FIELDS = (
    "split_feature",
    "split_gain",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "internal_value",
    "internal_weight",
    "internal_count",
)
_LEAF_FIELDS = ("leaf_value", "leaf_weight", "leaf_count")
_REQUIRED_FIELDS = (
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
)
_KNOWN_FIELDS = {
    *("Tree", "num_leaves", "num_cat", "is_linear", "shrinkage"),
    *(_SPLIT_FIELDS + _LEAF_FIELDS),
}
_LINE = re.compile(r"(\w+)=([^=]*)")
# The characters of 1.5, -2e-05, inf and nan. Python reads more texts as numbers than
# LightGBM does.
_NUMBER_CHARACTERS = frozenset("0123456789+-.einfa ")


class TreeTextError(ValueError):
    """The text is not a complete LightGBM model; the message ends a sentence."""


def checked_trees(text: str) -> str:
    """Return the trees of a LightGBM model, after checking them.

    Parameters
    ----------
    text : str
        LightGBM's text of a binary classifier, version 3 or 4.

    Returns
    -------
    trees : str
        The text up to the end of the trees, without the training parameters. It is safe
        for LightGBM to read.

    Raises
    ------
    TreeTextError
        If a tree is not at the position that the list of sizes gives, if its nodes do
        not form a tree, or if it has a column that does not exist.
    """
    if not text.isascii():
        raise TreeTextError("it has characters that are not ASCII")
    header, _, _ = text.partition("Tree=0\n")
    if not header.startswith("tree\n"):
        raise TreeTextError(f"it begins with {header[:40]!r}")
    fields = _fields(header.removeprefix("tree\n"))
    n_columns = _checked_header(fields)
    position = len(header)
    for number, size in enumerate(map(int, fields["tree_sizes"].split())):
        tree = text[position : position + size]
        # Without the empty lines, LightGBM reads beyond the end of the tree.
        if not (tree.startswith(f"Tree={number}\n") and tree.endswith("\n\n\n")):
            raise TreeTextError(f"tree {number} is not at its position")
        _check_tree(number, _fields(tree), n_columns)
        position += size
    if not text.startswith(_END, position - 1):
        raise TreeTextError("the trees do not end at the last position")
    # The training parameters after the trees can crash LightGBM, too.
    return text[: position - 1 + len(_END)]


def on_used_columns(trees: str) -> tuple[set[int], str]:
    """Return the columns that trees use, and the trees with these columns only.

    Parameters
    ----------
    trees : str
        The text of trees, as `checked_trees` returns it.

    Returns
    -------
    columns : set of int
        Indices of the columns that a split uses, from 0; {0} when there is no split.
    trees : str
        The same trees, where the columns are renumbered from 0 in ascending order.
    """
    header, first, rest = trees.partition("Tree=0\n")
    used = {
        int(word)
        for line in re.findall(r"^split_feature=(.*)$", rest, re.MULTILINE)
        for word in line.split()
    } or {0}
    columns = sorted(used)
    body = _renumbered(first + rest, columns)
    fields = _fields(header.removeprefix("tree\n"))
    for name in ("feature_names", "feature_infos"):
        words = fields[name].split()
        fields[name] = " ".join(words[column] for column in columns)
    fields["max_feature_idx"] = str(len(columns) - 1)
    fields["tree_sizes"] = _tree_sizes(body)
    # It has a value for each column and is used in training only.
    fields.pop("monotone_constraints", None)
    lines = [f"{name}={value}" for name, value in fields.items()]
    return used, "\n".join(["tree", *lines, "", body])


def _renumbered(body: str, columns: list[int]) -> str:
    """Return the text of trees with the index of each column in `columns`."""
    new_index = {str(column): str(number) for number, column in enumerate(columns)}
    parts = re.split(r"^(split_feature=.*)$", body, flags=re.MULTILINE)
    for number, line in enumerate(parts[1::2]):
        words = line.removeprefix("split_feature=").split()
        parts[2 * number + 1] = "split_feature=" + " ".join(new_index[w] for w in words)
    return "".join(parts)


def _tree_sizes(body: str) -> str:
    starts = [match.start() for match in re.finditer(r"^Tree=", body, re.MULTILINE)]
    ends = [*starts[1:], body.rindex(_END) + 1]
    return " ".join(str(b - a) for a, b in zip(starts, ends, strict=True))


def _fields(text: str) -> dict[str, str]:
    """Return the fields of a part of the text, where every line is `name=value`.

    An empty line raises an exception, because LightGBM does not read beyond it.
    """
    lines = text.rstrip("\n").split("\n")
    matches = [match for line in lines if (match := _LINE.fullmatch(line))]
    fields = {match[1]: match[2] for match in matches}
    if len(fields) != len(lines):
        raise TreeTextError(f"not every line after {lines[0]!r:.40} is a field")
    return fields


def _checked_header(fields: dict[str, str]) -> int:
    """Return the number of columns."""
    expected = {
        "version": ("v3", "v4"),
        "num_class": ("1",),
        "num_tree_per_iteration": ("1",),
        "objective": ("binary sigmoid:1",),
    }
    for name, values in expected.items():
        if fields.get(name) not in values:
            raise TreeTextError(f"its {name} is {fields.get(name)!r}")
    if not re.fullmatch(r"\d+( \d+)*", fields.get("tree_sizes", "")):
        raise TreeTextError("it has no list of tree_sizes")
    n_columns = _integer(fields, "max_feature_idx") + 1
    if not 1 <= n_columns <= _COLUMNS_MAX:
        raise TreeTextError(f"it has {n_columns} columns")
    for name in ("feature_names", "feature_infos"):
        if len(fields.get(name, "").split()) != n_columns:
            raise TreeTextError(f"its {name} have not {n_columns} values")
    return n_columns


def _check_tree(number: int, fields: dict[str, str], n_columns: int) -> None:
    try:
        if unknown := fields.keys() - _KNOWN_FIELDS:
            raise TreeTextError(f"the field {min(unknown)} is unknown")
        _numbers(fields, "shrinkage", 1)
        n_leaves = _integer(fields, "num_leaves")
        if n_leaves < 1 or fields.get("num_cat") != "0":
            raise TreeTextError("it has no leaves, or splits categories")
        if fields.get("is_linear", "0") != "0":
            raise TreeTextError("its leaves are linear")
        _check_splits(_arrays(fields, n_leaves), n_columns)
    except TreeTextError as error:
        raise TreeTextError(f"in tree {number}, {error}") from error


def _arrays(fields: dict[str, str], n_leaves: int) -> dict[str, Float64s]:
    """Return the numbers of each split and leaf of a tree."""
    lengths = dict.fromkeys(_SPLIT_FIELDS, n_leaves - 1)
    lengths |= dict.fromkeys(_LEAF_FIELDS, n_leaves)
    return {
        name: _numbers(fields, name, length)
        for name, length in lengths.items()
        # In a tree with one leaf, LightGBM omits the fields that it does not read.
        if name in _REQUIRED_FIELDS or (name in fields and n_leaves > 1)
    }


def _check_splits(arrays: dict[str, Float64s], n_columns: int) -> None:
    # A split of known and missing values has an infinite threshold.
    if np.isnan(arrays["threshold"]).any():
        raise TreeTextError("a threshold is not a number")
    if not np.isfinite(arrays["leaf_value"]).all():
        raise TreeTextError("a leaf_value is not finite")
    if not _are_integers(arrays["split_feature"], 0, n_columns):
        raise TreeTextError(f"a split has a column beyond {n_columns}")
    # Bit 1: categorical. Bit 2: branch of missing values. Bits 3, 4: what is missing.
    kinds = arrays["decision_type"]
    if not _are_integers(kinds, 0, 12) or (kinds % 2 == 1).any():
        raise TreeTextError("a split has an unknown decision_type")
    _check_children([arrays["left_child"], arrays["right_child"]])


def _check_children(children: list[Float64s]) -> None:
    n_splits = len(children[0])
    own = np.arange(n_splits)
    below = all(((child < 0) | (child > own)).all() for child in children)
    # Splits count from 0, leaves from -1 downwards. The root, split 0, has no parent.
    found = np.sort(np.concatenate(children))
    leaves = range(-n_splits - 1, 0) if n_splits else ()
    if not below or not np.array_equal(found, [*leaves, *range(1, n_splits)]):
        raise TreeTextError("its splits and leaves do not form a tree")


def _are_integers(numbers: Float64s, low: int, high: int) -> bool:
    inside = (numbers >= low) & (numbers < high)
    return bool((inside & (numbers == np.rint(numbers))).all())


def _integer(fields: dict[str, str], name: str) -> int:
    if not re.fullmatch(r"\d{1,9}", fields.get(name, "")):
        raise TreeTextError(f"its {name} is {fields.get(name)!r:.40}")
    return int(fields[name])


def _numbers(fields: dict[str, str], name: str, length: int) -> Float64s:
    line = fields.get(name, "")
    try:
        numbers = [float(word) for word in line.split()]
    except ValueError:
        numbers = []
    if len(numbers) != length or not _NUMBER_CHARACTERS.issuperset(line):
        raise TreeTextError(f"its {name} are not {length} numbers")
    return np.array(numbers, np.float64)
