"""The JSON form of key maps from the labelling page."""

import json
from typing import Annotated

import msgspec

from labeling.errors import LabelingError
from labeling.forms.batches import UNREADABLE, unreadable

ROWS_MAX, STROKES_MAX, STROKE_MAX = 100, 4, 60

Name = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z-]{0,30}( -?[0-9]{1,5})?\Z")]
Stroke = Annotated[str, msgspec.Meta(min_length=1, max_length=STROKE_MAX)]
Strokes = Annotated[list[Stroke], msgspec.Meta(max_length=STROKES_MAX)]


class SentKeyMap(msgspec.Struct):
    """A preset, and the strokes of the actions whose keys differ from it."""

    preset: Name
    keys: Annotated[dict[Name, Strokes], msgspec.Meta(max_length=ROWS_MAX)]

    def __post_init__(self) -> None:
        """Refuse strokes with control characters."""
        for strokes in self.keys.values():
            for stroke in strokes:
                if not stroke.isprintable():
                    raise ValueError(f"{stroke!r} is not a key stroke")


def key_map_from(body: bytes) -> tuple[str, dict[str, list[str]]]:
    """Return the preset and the changed keys."""
    try:
        sent = msgspec.convert(json.loads(body), SentKeyMap)
    except UNREADABLE as error:
        expected = "a key map"
        raise LabelingError(unreadable(expected, error)) from error
    return sent.preset, sent.keys
