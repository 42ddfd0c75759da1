"""What a comparison's page is asked for."""

from typing import Any

from django import forms

from labeling.domain.agreement.comparison import CONSENSUSES, Choice, choice_of
from labeling.errors import NotFoundError
from labeling.models import Session, Subset
from labeling.pages.comparison.cells import Cell


class ComparisonForm(forms.Form):
    """By which consensus, and with which version's touches."""

    consensus = forms.ChoiceField(
        choices=[(name, name) for name in CONSENSUSES], required=False
    )
    version = forms.IntegerField(required=False, min_value=1)


class CellForm(forms.Form):
    """A cell of a comparison, and which of the touches behind it."""

    contrast = forms.CharField(max_length=60)
    of = forms.CharField(max_length=30)
    at = forms.IntegerField(required=False, min_value=0)


def choice_from(data: Any, of: Subset | Session) -> Choice:
    """Return the choice that a query names; what it leaves out is chosen for it."""
    asked = _cleaned(ComparisonForm(data))
    return choice_of(
        of, consensus=asked["consensus"] or "majority", version=asked["version"]
    )


def cell_from(data: Any) -> tuple[Cell, int]:
    """Return the cell that a query names, and the position in its list of touches."""
    asked = _cleaned(CellForm(data))
    try:
        cell = Cell.parse(asked["contrast"], asked["of"])
    except ValueError:
        raise NotFoundError("This comparison has no such cell.") from None
    return cell, asked["at"] or 0


def _cleaned(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise NotFoundError(f"There is no comparison of that {field}: {errors[0]}")
    return form.cleaned_data
