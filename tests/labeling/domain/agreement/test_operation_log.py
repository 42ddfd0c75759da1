"""The spelling of positions in the log of operations."""

import re
from datetime import UTC, datetime

import pytest

from labeling.domain.agreement.operation_log import LogPosition

MADE_AT = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_position_is_parsed_from_its_own_spelling():
    position = LogPosition(made_at=MADE_AT, assignment=12, revision=3)

    assert str(position) == "2026-11-22T12:00:00.250000+00:00~12~3"
    assert LogPosition.parse(str(position)) == position


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'' names no position in the log"),
        ("1", "'1' names no position in the log"),
        ("now~1~1", "'now~1~1' names no position in the log"),
        ("2026-11-22T12:00:00~1~1", "'2026-11-22T12:00:00' has no time zone"),
        (
            "2026-11-22T12:00:00Z~a~1",
            "'2026-11-22T12:00:00Z~a~1' names no position in the log",
        ),
        (
            "0001-01-01T00:00:00+14:00~1~1",
            "'0001-01-01T00:00:00+14:00' is out of range",
        ),
        (
            "9999-12-31T23:59:59-12:00~1~1",
            "'9999-12-31T23:59:59-12:00' is out of range",
        ),
    ],
)
def test_another_text_is_no_position(text, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        LogPosition.parse(text)
