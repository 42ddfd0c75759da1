"""Filters of the operation log."""

from datetime import date, timedelta
from typing import Any

from django import forms

from labeling.domain.agreement.operation_log import Filters, LogPosition
from labeling.domain.agreement.weekly_work import monday_of
from labeling.errors import LabelingError

# Outside these years, some time zones have no previous or next day.
YEAR_MIN, YEAR_MAX = 1900, 9000


class OperationFilterForm(forms.Form):
    """Filters of the log; an empty field does not filter."""

    annotator = forms.CharField(required=False, max_length=150)
    subset = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    session = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    week = forms.RegexField(r"^\d{4}-W\d{2}$", required=False)


def filters_from(data: Any) -> Filters:
    """Return the filters in a query; a week stands for its seven days."""
    form = OperationFilterForm(data)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise LabelingError(
            f"{str(data.get(field))[:40]!r} is not a valid filter by {field}. "
            f"{errors[0]}"
        )
    values = form.cleaned_data
    first, last = values["first"], values["last"]
    if values["week"]:
        first = _monday(values["week"])
        last = first + timedelta(days=6)
    for day in (first, last):
        if day is not None and not YEAR_MIN <= day.year <= YEAR_MAX:
            raise LabelingError(
                f"{day} is outside the years {YEAR_MIN} to {YEAR_MAX}. Choose another "
                "day."
            )
    return Filters(
        annotator=values["annotator"] or None,
        subset=values["subset"],
        session=values["session"],
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
            f"{text[:40]!r} is not a position in the log. Open the first page."
        ) from None


def _monday(week: str) -> date:
    try:
        return monday_of(int(week[:4]) * 100 + int(week[6:]))
    except ValueError:
        raise LabelingError(
            f"There is no week {week}. Choose a week such as 2026-W47."
        ) from None
