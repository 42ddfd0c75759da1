"""The cells of a comparison that lead to touches, and how their links spell them."""

import math
from dataclasses import dataclass
from typing import Self

from labeling.domain.agreement.contrasts import ContrastKey
from models_ml.touches.touch_errors import KINDS

# Error kinds by the name of a cell: the sums, and each kind alone.
ERROR_KINDS = {
    "errors": KINDS,
    "touch_count": KINDS[:4],
    "edge": KINDS[4:],
    **{kind: (kind,) for kind in KINDS},
}
EDGES = ("onset", "offset")
F1 = "f1"


@dataclass(frozen=True, slots=True)
class CellMeasure:
    """What a cell counts.

    Links write it as its name: an error kind, `touch_count`, `edge` or `errors`.
    `onset:MS` and `offset:MS` are the touches whose edge is so much later, without MS
    all touches whose edge differs. `f1:MS` are the touches without a partner within a
    tolerance.
    """

    name: str
    ms: float | None = None

    def __str__(self) -> str:
        if self.ms is None:
            return self.name
        is_whole = self.ms == int(self.ms)
        return f"{self.name}:{int(self.ms) if is_whole else self.ms}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the measure with this spelling; raise ValueError if there is none."""
        name, colon, number = text.partition(":")
        measure = cls(name, float(number) if colon else None)
        if not measure._exists():
            raise ValueError(f"{text!r} names no cell of a comparison")
        return measure

    def _exists(self) -> bool:
        if self.ms is None:
            return self.name in (*ERROR_KINDS, *EDGES)
        return self.name in (*EDGES, F1) and math.isfinite(self.ms)

    @property
    def title(self) -> str:
        """The measure in words."""
        if self.name == F1:
            return f"no partner within {self.ms:g} ms"
        if self.ms is not None:
            return f"{self.name} {self.ms:+.3g} ms" if self.ms else f"same {self.name}"
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: a contrast and what is counted of it."""

    contrast: ContrastKey
    measure: CellMeasure

    @classmethod
    def parse(cls, contrast: str, measure: str) -> Self:
        """Return the cell with these spellings; raise ValueError if there is none."""
        return cls(ContrastKey.parse(contrast), CellMeasure.parse(measure))
