"""Key maps as the labelling page sends them."""

import json
import re
from typing import Any

from labeling.errors import LabelingError

ROWS_MAX, STROKES_MAX, STROKE_MAX = 100, 4, 60
NAME = re.compile(r"[a-z][a-z-]{0,30}( -?[0-9]{1,5})?")


def key_map_from(body: bytes) -> tuple[str, dict[str, list[str]]]:
    """Return preset and changed keys, or say what is wrong with them."""
    try:
        sent = json.loads(body)
        preset, keys = sent["preset"], sent["keys"]
        if not _is_name(preset) or len(keys) > ROWS_MAX:
            raise ValueError("no key map")
        return preset, {_name(row): _strokes(texts) for row, texts in keys.items()}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise LabelingError(
            "Expected a preset and the strokes of changed keys as JSON, found "
            f"something else ({type(error).__name__}: {error}): reload the page."
        ) from error


def _name(value: Any) -> str:
    if not _is_name(value):
        raise ValueError(f"{value!r} is no name of an action")
    return str(value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _strokes(values: Any) -> list[str]:
    if not isinstance(values, list) or len(values) > STROKES_MAX:
        raise ValueError(f"{values!r} are no strokes")
    for value in values:
        is_text = isinstance(value, str) and 0 < len(value) <= STROKE_MAX
        if not is_text or not value.isprintable():
            raise ValueError(f"{value!r} is no stroke")
    return values
