"""Which operations of the log are asked for."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms

from labeling.domain.agreement.operation_log import Filters, Place
from labeling.domain.agreement.weekly_work import monday_of
from labeling.errors import LabelingError
from labeling.forms.operations import moment_of

# Beyond these, days have no neighbours in every time zone.
YEAR_MIN, YEAR_MAX = 1900, 9000
# A moment, an assignment and a revision, as `place_text` writes them.
PLACE = re.compile(r"([\dT:.+-]{19,40})~(\d{1,18})~(\d{1,9})")


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


def place_from(data: Any) -> Place | None:
    """Return the place after which a page of the log begins; None: the first page."""
    text = data.get("after", "")
    if not text:
        return None
    found = PLACE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return Place(
            made_at=moment_of(found[1]),
            assignment=int(found[2]),
            revision=int(found[3]),
        )
    except ValueError:
        raise LabelingError(
            f"Expected a place in the log, found {text[:40]!r}: begin with the latest."
        ) from None


def place_text(place: Place) -> str:
    """Return a place as `place_from` reads it."""
    return f"{place.made_at.isoformat()}~{place.assignment}~{place.revision}"


def _monday(week: str) -> date:
    try:
        return monday_of(int(week[:4]) * 100 + int(week[6:]))
    except ValueError:
        raise LabelingError(
            f"Expected a week such as 2026-W47, found {week}: choose another."
        ) from None
