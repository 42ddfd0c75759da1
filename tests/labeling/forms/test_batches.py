import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from labeling.errors import LabelingError
from labeling.forms.batches import OPERATIONS_MAX
from labeling.forms.operations import operations_from
from labeling.forms.settlements import decisions_from


def batch(*items):
    return json.dumps({"client": str(uuid4()), "operations": items}).encode()


def operation(**fields):
    return {
        "id": str(uuid4()),
        "sequence": 1,
        "revision": 0,
        "runs": [[10, 11, 1]],
        "made_at": "2026-11-22T12:00:00.000Z",
        **fields,
    }


def test_a_refusal_names_the_field():
    wrong = operation(runs=[[10, 11, 1], [-1, 2, 1]])

    _, drafts, (refusal,) = operations_from(batch(wrong))

    assert drafts == []
    assert str(refusal.id) == wrong["id"]
    assert refusal.error == (
        "This is not an operation as JSON: Expected `int` >= 0 - at `$.runs[1][0]`. "
        "Reload the page."
    )


def test_times_are_converted_to_utc():
    sent = operation(made_at="2026-11-22T14:30:00+02:30")

    _, (draft,), _ = operations_from(batch(sent))

    assert draft.made_at == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert draft.made_at.tzinfo is UTC


def test_optional_fields_have_defaults():
    _, (draft,), refused = operations_from(batch(operation(note=None, undoes=None)))

    assert refused == []
    assert draft.runs == [(10, 11, 1)]
    assert (draft.note, draft.undoes, draft.gesture) == (None, None, None)
    assert draft.suggestion_shown is False


def test_half_an_emoji_refuses_only_its_own_settlement():
    settlement = {
        "id": str(uuid4()),
        "revision": 0,
        "trial": 1,
        "start": 20,
        "stop": 22,
        "values": [1, 1],
        "made_at": "2026-11-22T12:00:00.000Z",
    }
    cut = {**settlement, "id": str(uuid4()), "reasons": ["\ud83d"]}
    whole = {**settlement, "reasons": ["\U0001f600"]}

    _, drafts, errors = decisions_from(batch(cut, whole))

    assert [each.reasons for each in drafts] == [["\U0001f600"]]
    assert [str(pk) for pk in errors] == [cut["id"]]


def test_a_batch_that_is_too_long_is_refused():
    items = [operation() for _ in range(OPERATIONS_MAX + 1)]

    with pytest.raises(LabelingError) as refused:
        operations_from(batch(*items))

    assert str(refused.value) == (
        "The request has 1001 operations; the maximum is 1000. Send them in parts."
    )
