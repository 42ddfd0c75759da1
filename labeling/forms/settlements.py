"""Settlements as the adjudicator's page sends them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from labeling.domain.labels.decisions import DecisionDraft
from labeling.forms.operations import WRONG, batch_from, count_of, moment_of, no_sense

REASONS_MAX = 20


def decisions_from(
    body: bytes,
) -> tuple[UUID, list[DecisionDraft], dict[UUID, str]]:
    """Return the client, its answers, and what is wrong with those that are none."""
    client, items = batch_from(body)
    drafts, refused = [], {}
    for pk, item in items:
        try:
            drafts.append(_draft(pk, item))
        except WRONG as error:
            refused[pk] = no_sense("an answer", error)
    return client, drafts, refused


def _draft(pk: UUID, item: Mapping[str, Any]) -> DecisionDraft:
    start, stop = count_of(item["start"]), count_of(item["stop"])
    values = item["values"]
    if values is not None and len(values) != stop - start:
        raise ValueError(f"{len(values)} labels for {stop - start} frames")
    reasons = item["reasons"]
    if len(reasons) > REASONS_MAX or not all(isinstance(each, str) for each in reasons):
        raise ValueError("reasons are no short list of texts")
    return DecisionDraft(
        id=pk,
        revision=count_of(item["revision"]),
        trial=count_of(item["trial"]),
        start=start,
        stop=stop,
        values=None if values is None else [count_of(value) for value in values],
        reasons=list(reasons),
        made_at=moment_of(item["made_at"]),
    )
