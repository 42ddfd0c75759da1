"""Which operations of the log are asked for."""

from datetime import date, timedelta
from typing import Any

from django import forms

from labeling.domain.agreement.operation_log import Filters, LogPosition
from labeling.domain.agreement.weekly_work import monday_of
from labeling.errors import LabelingError

# Beyond these, days have no neighbours in every time zone.
YEAR_MIN, YEAR_MAX = 1900, 9000


class OperationFilterForm(forms.Form):
    """Filters of the log; what is left empty takes everything."""

    annotator = forms.CharField(required=False, max_length=150)
    subset = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    session = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    week = forms.RegexField(r"^\d{4}-W\d{2}$", required=False)


def filters_from(data: Any) -> Filters:
    """Return the filters that a query names; a week stands for its seven days."""
    form = OperationFilterForm(data)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise LabelingError(
            f"Expected a filter by {field}, found {str(data.get(field))[:40]!r}: "
            f"{errors[0]}"
        )
    asked = form.cleaned_data
    first, last = asked["first"], asked["last"]
    if asked["week"]:
        first = _monday(asked["week"])
        last = first + timedelta(days=6)
    for day in (first, last):
        if day is not None and not YEAR_MIN <= day.year <= YEAR_MAX:
            raise LabelingError(
                f"Expected a day between {YEAR_MIN} and {YEAR_MAX}, found {day}: "
                "choose another."
            )
    return Filters(
        annotator=asked["annotator"] or None,
        subset=asked["subset"],
        session=asked["session"],
        first=first,
        last=last,
    )


def position_from(data: Any) -> LogPosition | None:
    """Return the position after which a page of the log begins; None: no position."""
    text = data.get("after", "")
    if not text:
        return None
    try:
        return LogPosition.parse(text)
    except ValueError:
        raise LabelingError(
            f"Expected a place in the log, found {text[:40]!r}: begin with the latest."
        ) from None


def _monday(week: str) -> date:
    try:
        return monday_of(int(week[:4]) * 100 + int(week[6:]))
    except ValueError:
        raise LabelingError(
            f"Expected a week such as 2026-W47, found {week}: choose another."
        ) from None
