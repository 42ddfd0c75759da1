"""Pages that compare annotators, with links from every number to its touches.

`noun` is "subset", or "session" for a session with all its subsets.
"""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from labeling.domain.agreement.access import (
    comparable_session_for,
    comparable_subset_for,
)
from labeling.domain.agreement.comparison import (
    CONSENSUSES,
    Choice,
    request_comparison,
    shown_comparison,
    stored_comparison,
    versions_of,
    was_trained_on,
)
from labeling.domain.agreement.scope import Scope
from labeling.errors import NotFoundError
from labeling.forms.comparison import cell_from, choice_from
from labeling.models import Comparison, Session, Subset
from labeling.pages.comparison.cells import Cell
from labeling.pages.comparison.csv_files import TABLES, touches_table
from labeling.pages.comparison.page import page_tables
from labeling.pages.comparison.plots import PLOTS
from labeling.pages.comparison.sides import sides_of
from labeling.pages.comparison.touches import (
    touches_behind,
    windows_around,
    with_trials,
)
from labeling.pages.frame_strip import strip_png
from labeling.views.http import UserRequest
from labeling.views.responses import SVG, cached_png, csv_download, download

LISTED_TOUCHES_MAX = 200


@never_cache
@require_safe
def comparison_detail(request: UserRequest, noun: str, pk: int) -> HttpResponse:
    """Show the agreement of annotators; htmx polls while a job computes it."""
    choice = choice_from(request.GET, _compared(request, noun, pk))
    shown = shown_comparison(choice)
    template = "labeling/comparison/comparison_detail.html"
    context = {**_choice_context(choice), "shown": shown, "job": shown.job}
    if request.htmx and shown.job is None:
        refresh: HttpResponse = HttpResponseClientRefresh()
        return refresh
    if request.htmx:
        return render(request, f"{template}#job", context)
    context |= {
        "consensuses": CONSENSUSES,
        "versions": versions_of(choice.scope),
        "learned": was_trained_on(choice.version, choice.scope),
        "tables": shown.stored and page_tables(shown.stored.result),
    }
    return render(request, template, context)


@require_POST
def comparison_job(request: UserRequest, noun: str, pk: int) -> HttpResponse:
    """Start the job that computes the comparison."""
    choice = choice_from(request.POST, _compared(request, noun, pk))
    request_comparison(user=request.user, choice=choice)
    return redirect(f"{_page_of(choice)}?{_query(choice)}")


@never_cache
@require_safe
def comparison_plot(
    request: UserRequest, noun: str, pk: int, name: str, kind: str
) -> HttpResponse:
    """Send a plot as SVG, or the data of a plot or a table as CSV."""
    choice = choice_from(request.GET, _compared(request, noun, pk))
    result = _stored(choice).result
    plot = next((plot for plot in PLOTS if plot.name == name), None)
    if kind == "csv" and name in TABLES:
        return csv_download(TABLES[name](result), f"{name}-{pk}.csv")
    if kind == "csv" and plot is not None:
        return csv_download(plot.table(result), f"{name}-{pk}.csv")
    if kind == "svg" and plot is not None:
        return download(plot.draw(result), SVG, f"{name}-{pk}.svg")
    raise NotFoundError("This plot or table does not exist.")


@never_cache
@require_safe
def comparison_touches(request: UserRequest, noun: str, pk: int) -> HttpResponse:
    """List the touches of a table cell."""
    choice = choice_from(request.GET, _compared(request, noun, pk))
    cell, _ = cell_from(request.GET)
    stored = _stored(choice)
    rows = touches_behind(stored, cell)
    page = Paginator(rows, LISTED_TOUCHES_MAX).get_page(request.GET.get("page"))
    context = {
        **_cell_context(choice, stored, cell),
        "page": page,
        "rows": with_trials(page.object_list),
        "n_rows": len(rows),
    }
    return render(request, "labeling/comparison/comparison_touches.html", context)


@never_cache
@require_safe
def comparison_touches_file(request: UserRequest, noun: str, pk: int) -> HttpResponse:
    """Send the touches of a table cell as CSV."""
    choice = choice_from(request.GET, _compared(request, noun, pk))
    cell, _ = cell_from(request.GET)
    rows = touches_behind(_stored(choice), cell)
    return csv_download(touches_table(rows), f"touches-{pk}.csv")


@never_cache
@require_safe
def comparison_touch(request: UserRequest, noun: str, pk: int) -> HttpResponse:
    """Show the frames of one touch of a table cell, with all labels."""
    choice = choice_from(request.GET, _compared(request, noun, pk))
    cell, at = cell_from(request.GET)
    stored = _stored(choice)
    rows = touches_behind(stored, cell)
    if at >= len(rows):
        raise NotFoundError("This number has no more touches. Go back.")
    row, trial = rows[at], choice.scope.trial(rows[at].trial)
    context = {
        **_cell_context(choice, stored, cell),
        "row": row,
        "trial": trial,
        "at": at,
        "n_rows": len(rows),
        "before": at - 1 if at else None,
        "after": at + 1 if at + 1 < len(rows) else None,
        "windows": windows_around(choice, cell.contrast, row, trial),
    }
    return render(request, "labeling/comparison/comparison_touch.html", context)


@require_safe
def comparison_frames(
    request: UserRequest, noun: str, pk: int, trial: int, start: int, stop: int
) -> HttpResponse:
    """Send frames side by side as one image."""
    scope = Scope(_compared(request, noun, pk))
    return cached_png(strip_png(scope.trial(trial), start, stop))


def _stored(choice: Choice) -> Comparison:
    """Return the latest result, current or not; the page shows which it is."""
    stored = stored_comparison(choice)
    if stored is None:
        raise NotFoundError(
            "This comparison does not exist yet. Open the comparison page."
        )
    return stored


def _choice_context(choice: Choice) -> dict[str, Any]:
    return {
        "choice": choice,
        "scope": choice.scope,
        "page_url": _page_of(choice),
        "query": _query(choice),
        "file_query": f"?{_query(choice)}",
        "file_mark": choice.scope.pk,
    }


def _page_of(choice: Choice) -> str:
    return reverse(f"{choice.scope.noun}-comparison", args=[choice.scope.pk])


def _compared(request: UserRequest, noun: str, pk: int) -> Subset | Session:
    if noun == "session":
        return comparable_session_for(request.user, pk)
    return comparable_subset_for(request.user, pk)


def _cell_context(choice: Choice, stored: Comparison, cell: Cell) -> dict[str, Any]:
    query = urlencode({"contrast": cell.contrast, "of": cell.measure})
    return {
        **_choice_context(choice),
        "sides": sides_of(stored.result, cell.contrast),
        "of": cell.measure.title,
        "cell_query": f"{_query(choice)}&{query}",
    }


def _query(choice: Choice) -> str:
    query = {"consensus": choice.consensus}
    if choice.version is not None:
        query["version"] = str(choice.version.number)
    return urlencode(query)
