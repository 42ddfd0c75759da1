"""The JSON form of decisions from the adjudicator's page."""

from typing import Annotated
from uuid import UUID

import msgspec

from labeling.domain.labels.decisions import DecisionDraft
from labeling.forms.batches import Count, Moment, batch_from, check_text, in_utc

REASONS_MAX = 20


class SentDecision(msgspec.Struct):
    """A decision on a stretch of frames; without values it reopens the stretch."""

    id: UUID
    revision: Count
    trial: Count
    start: Count
    stop: Count
    values: list[Count] | None
    reasons: Annotated[list[str], msgspec.Meta(max_length=REASONS_MAX)]
    made_at: Moment

    def __post_init__(self) -> None:
        """Refuse values that do not match the frames and reasons that are no text."""
        if self.values is not None and len(self.values) != self.stop - self.start:
            raise ValueError(
                f"{len(self.values)} labels for {self.stop - self.start} frames"
            )
        for reason in self.reasons:
            check_text(reason)
        self.made_at = in_utc(self.made_at)


def decisions_from(
    body: bytes,
) -> tuple[UUID, list[DecisionDraft], dict[UUID, str]]:
    """Return the client, its valid decisions and the errors of the others by id."""
    client, sent, errors = batch_from(body, SentDecision, "a decision")
    return (
        client,
        [DecisionDraft(**msgspec.structs.asdict(one)) for one in sent],
        errors,
    )
