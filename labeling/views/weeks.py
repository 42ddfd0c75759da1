"""Progress over time: work and agreement of annotators by week."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from labeling.domain.agreement.weekly_comparison import request_weeks, shown_weeks
from labeling.errors import NotFoundError
from labeling.pages.weeks.page import weeks_page
from labeling.pages.weeks.plots import plots_of_weeks
from labeling.views.http import UserRequest
from labeling.views.responses import SVG, csv_download, download


@never_cache
@require_safe
def week_list(request: UserRequest) -> HttpResponse:
    """Show work and agreement by week; annotators see only their own work."""
    shown = shown_weeks(request.user)
    template = "labeling/weeks/week_list.html"
    page_url = reverse("week-list")
    context = {"shown": shown, "job": shown.job, "page_url": page_url}
    if request.htmx and shown.job is None:
        refresh: HttpResponse = HttpResponseClientRefresh()
        return refresh
    if request.htmx:
        return render(request, f"{template}#job", context)
    page = shown.result and weeks_page(shown.result)
    return render(request, template, {**context, "page": page})


@require_POST
def week_job(request: UserRequest) -> HttpResponse:
    """Start the job that compares annotators by week."""
    request_weeks(request.user)
    return redirect("week-list")


@never_cache
@require_safe
def week_plot(request: UserRequest, name: str, kind: str) -> HttpResponse:
    """Send a plot as SVG, or its data as CSV."""
    result = shown_weeks(request.user).result or {"rows": []}
    plots = {plot.name: plot for plot in plots_of_weeks(result)}
    if name in plots and kind == "csv":
        return csv_download(plots[name].table(result), f"{name}-weeks.csv")
    if name in plots and kind == "svg":
        return download(plots[name].draw(result), SVG, f"{name}-weeks.svg")
    raise NotFoundError("This plot does not exist.")
