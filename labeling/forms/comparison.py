"""The query of the comparison pages."""

from typing import Any

from django import forms

from labeling.domain.agreement.comparison import CONSENSUSES, Choice, choice_of
from labeling.errors import NotFoundError
from labeling.models import Session, Subset
from labeling.pages.comparison.cells import Cell


class ComparisonForm(forms.Form):
    """The consensus, and the model version to compare with."""

    consensus = forms.ChoiceField(
        choices=[(name, name) for name in CONSENSUSES], required=False
    )
    version = forms.IntegerField(required=False, min_value=1)


class CellForm(forms.Form):
    """A cell of a comparison table, and one of its touches."""

    contrast = forms.CharField(max_length=60)
    of = forms.CharField(max_length=30)
    at = forms.IntegerField(required=False, min_value=0)


def choice_from(data: Any, of: Subset | Session) -> Choice:
    """Return the choice in a query, with defaults for missing parts."""
    values = _cleaned(ComparisonForm(data))
    return choice_of(
        of, consensus=values["consensus"] or "majority", version=values["version"]
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
        raise NotFoundError(f"This comparison has no such {field}. {errors[0]}")
    return form.cleaned_data
