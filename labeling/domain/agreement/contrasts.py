"""The names of contrasts: which rater is judged, and against which reference.

A contrast is written `reference-judged`, in stored comparisons and in links:

- `a3-a5`: annotator 5 against annotator 3;
- `o3-a3`: annotator 3 against the consensus of the others;
- `a3-s3`: the second pass of annotator 3 against the first;
- `all-m`: the model against the consensus of all annotators;
- `o3-m`: the model judged like annotator 3, against the consensus of the others.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class RaterKind(StrEnum):
    """What a side of a contrast is; the value begins its spelling."""

    ANNOTATOR = "a"
    OTHERS = "o"
    REPEAT = "s"
    EVERYONE = "all"
    MODEL = "m"


# A primary key of PostgreSQL has at most 19 digits.
_SPELLING = re.compile(r"(a|o|s)([1-9][0-9]{0,18})|(all|m)")


@dataclass(frozen=True, slots=True)
class RaterKey:
    """One side of a contrast; `annotator` is the primary key of the annotator meant."""

    kind: RaterKind
    annotator: int | None = None

    def __str__(self) -> str:
        return f"{self.kind}{'' if self.annotator is None else self.annotator}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the side with this spelling; raise ValueError if there is none."""
        found = _SPELLING.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} names no side of a contrast")
        kind, annotator, alone = found.groups()
        if alone:
            return cls(RaterKind(alone))
        return cls(RaterKind(kind), int(annotator))


EVERYONE, MODEL = RaterKey(RaterKind.EVERYONE), RaterKey(RaterKind.MODEL)


@dataclass(frozen=True, slots=True)
class ContrastKey:
    """The name of a contrast: the reference, and the rater judged against it."""

    reference: RaterKey
    judged: RaterKey

    def __str__(self) -> str:
        return f"{self.reference}-{self.judged}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the contrast with this spelling; raise ValueError if there is none."""
        reference, _, judged = text.partition("-")
        return cls(RaterKey.parse(reference), RaterKey.parse(judged))

    @classmethod
    def of_pair(cls, reference: int, judged: int) -> Self:
        """Return one annotator against another."""
        return cls(
            RaterKey(RaterKind.ANNOTATOR, reference),
            RaterKey(RaterKind.ANNOTATOR, judged),
        )

    @classmethod
    def of_others(cls, annotator: int) -> Self:
        """Return an annotator against the consensus of the others."""
        return cls(
            RaterKey(RaterKind.OTHERS, annotator),
            RaterKey(RaterKind.ANNOTATOR, annotator),
        )

    @classmethod
    def of_second_pass(cls, annotator: int) -> Self:
        """Return the second pass of an annotator against the first."""
        return cls(
            RaterKey(RaterKind.ANNOTATOR, annotator),
            RaterKey(RaterKind.REPEAT, annotator),
        )

    @classmethod
    def of_model(cls) -> Self:
        """Return the model against the consensus of all annotators."""
        return cls(EVERYONE, MODEL)

    @classmethod
    def of_model_like(cls, annotator: int) -> Self:
        """Return the model judged like an annotator: against all the others."""
        return cls(RaterKey(RaterKind.OTHERS, annotator), MODEL)

    @property
    def sides(self) -> frozenset[RaterKey]:
        """The two sides in no order, equal for both directions of a pair."""
        return frozenset((self.reference, self.judged))

    @property
    def is_of_others(self) -> bool:
        """Whether an annotator is judged against the consensus of the others."""
        return self.reference.kind is RaterKind.OTHERS and self.judged != MODEL

    @property
    def is_model_like_annotator(self) -> bool:
        """Whether the model is judged like one of the annotators."""
        return self.reference.kind is RaterKind.OTHERS and self.judged == MODEL

    @property
    def is_of_second_pass(self) -> bool:
        """Whether an annotator's second pass is judged against the first."""
        return self.judged.kind is RaterKind.REPEAT
