"""LightGBM's text of trees, checked before LightGBM sees it.

LightGBM trusts its text: a wrong size ends the whole process, and a wrong child or
column lets it read memory that is not its own.
"""

import re

import numpy as np

from models_ml.arrays import Float64s

_END = "\nend of trees\n"
_COLUMNS_MAX = 1_000_000

_FOR_EACH_SPLIT = (
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
_FOR_EACH_LEAF = ("leaf_value", "leaf_weight", "leaf_count")
_ALWAYS = (
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
)
_KNOWN = {
    *("Tree", "num_leaves", "num_cat", "is_linear", "shrinkage"),
    *(_FOR_EACH_SPLIT + _FOR_EACH_LEAF),
}
_LINE = re.compile(r"(\w+)=([^=]*)")
# Of 1.5, -2e-05, inf and nan; Python would take more for numbers than LightGBM does.
_LETTERS = frozenset("0123456789+-.einfa ")


class TreeTextError(ValueError):
    """A text that is no whole set of trees; the message ends a sentence."""


def checked_trees(text: str) -> str:
    """Return the trees of a LightGBM text, without the log of their training.

    Parameters
    ----------
    text : str
        LightGBM's text of trees that tell two classes apart, of version 3 or 4.

    Returns
    -------
    trees : str
        The text up to its end of trees; LightGBM reads it without harm.

    Raises
    ------
    TreeTextError
        If a tree does not stand where the text's own list of sizes says, is not a
        tree, or asks for a column that there is not.
    """
    if not text.isascii():
        raise TreeTextError("it has characters that LightGBM does not write")
    header, _, _ = text.partition("Tree=0\n")
    if not header.startswith("tree\n"):
        raise TreeTextError(f"it begins with {header[:40]!r}")
    fields = _fields(header.removeprefix("tree\n"))
    n_columns = _checked_header(fields)
    place = len(header)
    for number, size in enumerate(map(int, fields["tree_sizes"].split())):
        tree = text[place : place + size]
        # Without the empty lines LightGBM reads on into what is no tree.
        if not (tree.startswith(f"Tree={number}\n") and tree.endswith("\n\n\n")):
            raise TreeTextError(f"tree {number} is not where it should be")
        _check_tree(number, _fields(tree), n_columns)
        place += size
    if not text.startswith(_END, place - 1):
        raise TreeTextError("the trees do not end where they should")
    # What follows the trees is a log of the training, and can crash LightGBM too.
    return text[: place - 1 + len(_END)]


def on_used_columns(trees: str) -> tuple[set[int], str]:
    """Return the columns that trees look at, and the trees on these alone.

    Parameters
    ----------
    trees : str
        As `checked_trees` returns it.

    Returns
    -------
    columns : set of int
        Those that a split asks for; the first one where there is no split at all.
    trees : str
        The same trees, with these columns counted anew from 0.
    """
    header, first, rest = trees.partition("Tree=0\n")
    used = {
        int(word)
        for line in re.findall(r"^split_feature=(.*)$", rest, re.MULTILINE)
        for word in line.split()
    } or {0}
    columns = sorted(used)
    place = {str(column): str(number) for number, column in enumerate(columns)}
    parts = re.split(r"^(split_feature=.*)$", first + rest, flags=re.MULTILINE)
    for number, line in enumerate(parts[1::2]):
        words = line.removeprefix("split_feature=").split()
        parts[2 * number + 1] = "split_feature=" + " ".join(place[w] for w in words)
    body = "".join(parts)
    starts = [match.start() for match in re.finditer(r"^Tree=", body, re.MULTILINE)]
    ends = [*starts[1:], body.rindex(_END) + 1]
    fields = {
        **_fields(header.removeprefix("tree\n")),
        "max_feature_idx": str(len(columns) - 1),
        "tree_sizes": " ".join(str(b - a) for a, b in zip(starts, ends, strict=True)),
    }
    for name in ("feature_names", "feature_infos"):
        words = fields[name].split()
        fields[name] = " ".join(words[column] for column in columns)
    # They say something of each column, and only to a training.
    fields.pop("monotone_constraints", None)
    lines = [f"{name}={value}" for name, value in fields.items()]
    return used, "\n".join(["tree", *lines, "", body])


def _fields(text: str) -> dict[str, str]:
    """Return the lines `name=value` of a part of the text; it has no others.

    LightGBM stops at an empty line, and so would not see what stands behind one.
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
        raise TreeTextError("it does not say how long its trees are")
    n_columns = _integer(fields, "max_feature_idx") + 1
    if not 1 <= n_columns <= _COLUMNS_MAX:
        raise TreeTextError(f"it has {n_columns} columns")
    for name in ("feature_names", "feature_infos"):
        if len(fields.get(name, "").split()) != n_columns:
            raise TreeTextError(f"its {name} are not {n_columns}")
    return n_columns


def _check_tree(number: int, fields: dict[str, str], n_columns: int) -> None:
    try:
        if unknown := fields.keys() - _KNOWN:
            raise TreeTextError(f"nobody knows its {min(unknown)}")
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
    """Return what a tree says of each split and leaf."""
    lengths = dict.fromkeys(_FOR_EACH_SPLIT, n_leaves - 1)
    lengths |= dict.fromkeys(_FOR_EACH_LEAF, n_leaves)
    return {
        name: _numbers(fields, name, length)
        for name, length in lengths.items()
        # A tree of one leaf leaves out what LightGBM does not read of it.
        if name in _ALWAYS or (name in fields and n_leaves > 1)
    }


def _check_splits(arrays: dict[str, Float64s], n_columns: int) -> None:
    # Splits of known from missing values have infinite thresholds.
    if np.isnan(arrays["threshold"]).any():
        raise TreeTextError("a threshold is not a number")
    if not np.isfinite(arrays["leaf_value"]).all():
        raise TreeTextError("a leaf_value is not finite")
    if not _are_integers(arrays["split_feature"], 0, n_columns):
        raise TreeTextError(f"a split asks for a column beyond {n_columns}")
    # Bit 1: categories. Bit 2: where missing values go. Bits 3 and 4: what is missing.
    kinds = arrays["decision_type"]
    if not _are_integers(kinds, 0, 12) or (kinds % 2 == 1).any():
        raise TreeTextError("a split is of an unknown kind")
    _check_children([arrays["left_child"], arrays["right_child"]])


def _check_children(children: list[Float64s]) -> None:
    n_splits = len(children[0])
    own = np.arange(n_splits)
    below = all(((child < 0) | (child > own)).all() for child in children)
    # Nodes are counted from 0, leaves from -1 downwards; the root is nobody's child.
    reached = np.sort(np.concatenate(children))
    leaves = range(-n_splits - 1, 0) if n_splits else ()
    if not below or not np.array_equal(reached, [*leaves, *range(1, n_splits)]):
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
    if len(numbers) != length or not _LETTERS.issuperset(line):
        raise TreeTextError(f"its {name} are not {length} numbers")
    return np.array(numbers, np.float64)
