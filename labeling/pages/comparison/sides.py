"""The two sides of a contrast in words."""

from dataclasses import dataclass
from typing import Any

from labeling.domain.agreement.contrasts import (
    EVERYONE,
    MODEL,
    ContrastKey,
    RaterKey,
    RaterKind,
)

Result = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The rater that is judged and the reference, in words."""

    judged: str
    reference: str

    def __str__(self) -> str:
        return f"{self.judged} against {self.reference}"


def sides_of(result: Result, contrast: ContrastKey) -> Sides:
    """Return the sides of a contrast, with the names that a result has stored."""
    names = {each["pk"]: each["name"] for each in result["annotators"]}
    return Sides(
        judged=_judged(names, contrast.judged), reference=_reference(names, contrast)
    )


def _judged(names: dict[int | None, str], judged: RaterKey) -> str:
    if judged == MODEL:
        return "model"
    name = names[judged.annotator]
    return f"{name}, repeat clips" if judged.kind is RaterKind.REPEAT else name


def _reference(names: dict[int | None, str], contrast: ContrastKey) -> str:
    if contrast.reference == EVERYONE:
        return "all annotators"
    if contrast.is_of_second_pass:
        return "own first labels"
    if contrast.is_of_others:
        return "the others"
    name = names[contrast.reference.annotator]
    return f"all except {name}" if contrast.is_model_like_annotator else name
