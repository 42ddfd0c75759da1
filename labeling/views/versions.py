"""Pages of model versions: their origin, their accuracy, and their sessions."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from labeling.domain.training.choice import check_may_retrain
from labeling.domain.training.cost import cnn_cost
from labeling.domain.training.held_out import CHILD
from labeling.domain.training.jobs import request_rescoring, request_retrain
from labeling.domain.training.preview import latest_retrained, preview_subsets
from labeling.domain.versions.catalog import version_for
from labeling.domain.versions.publishing import sessions_of
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.forms.retraining import RescoringForm, RetrainingForm
from labeling.models import Session
from labeling.pages.versions.errors import (
    RATE_NAMES,
    SIDES,
    WINDOWS_IN_FILE_MAX,
    WINDOWS_MAX,
    check_may_see_errors,
    error_windows,
)
from labeling.pages.versions.report import report_of, version_rows
from labeling.views.http import UserRequest
from labeling.views.responses import HTML, download


@require_safe
def version_list(request: UserRequest) -> HttpResponse:
    """List the model versions, with their parents and published sessions."""
    if not request.user.sees_everything:
        raise NotFoundError("You do not have access to model versions.")
    context = {"rows": version_rows(request.user)}
    return render(request, "labeling/versions/version_list.html", context)


@never_cache
@require_safe
def version_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show a version's origin, accuracy and scored sessions."""
    version = version_for(request.user, pk)
    scored = sessions_of(version)
    complete = [row.session.pk for row in scored if row.is_complete]
    context = {
        "version": version,
        "report": report_of(version),
        "scored": scored,
        "unscored": Session.objects.exclude(pk__in=complete),
    }
    return render(request, "labeling/versions/version_detail.html", context)


@require_safe
def version_report(request: UserRequest, pk: int) -> HttpResponse:
    """Send the report of a version as one self-contained HTML file."""
    version = version_for(request.user, pk)
    try:
        check_may_see_errors(request.user, version)
        windows = error_windows(version, CHILD, at_most=WINDOWS_IN_FILE_MAX)
    except NotAllowedError:
        # Users who still label these trials get the report without frames.
        windows = []
    context = {
        "version": version,
        "report": report_of(version),
        "windows": windows,
        "is_file": True,
    }
    page = render_to_string("labeling/versions/version_report.html", context)
    return download(page, HTML, f"version-{version.number}.html")


@never_cache
@require_safe
def version_errors(request: UserRequest, pk: int, of: str) -> HttpResponse:
    """Show frames with errors on held-out trials, of a version or its parent."""
    version = version_for(request.user, pk)
    check_may_see_errors(request.user, version)
    kind = request.GET.get("kind", "")
    context = {
        "version": version,
        "windows": error_windows(version, of, kind),
        "side_name": SIDES[of],
        "kind_name": RATE_NAMES.get(kind, "errors"),
        "most": WINDOWS_MAX,
    }
    return render(request, "labeling/versions/version_errors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def version_new(request: UserRequest) -> HttpResponse:
    """Choose training data, and start the job that retrains."""
    check_may_retrain(request.user)
    if request.method != "POST":
        initial = {"subsets": request.GET.getlist("subsets")}
        context = {"form": RetrainingForm(initial=initial)}
        return render(request, "labeling/versions/version_new.html", context)
    form = RetrainingForm(request.POST)
    if form.is_valid():
        try:
            job = request_retrain(user=request.user, choice=form.choice)
        except LabelingError as error:
            form.add_error(None, str(error))
        else:
            return redirect("job-detail", job.pk)
    return render(
        request, "labeling/versions/version_new.html", {"form": form}, status=422
    )


@never_cache
@require_safe
def version_preview(request: UserRequest) -> HttpResponse:
    """Show the training data, while the form is being filled in."""
    check_may_retrain(request.user)
    form = RetrainingForm(request.GET)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        choice = form.choice
        preview = preview_subsets(
            choice.subsets,
            parent=choice.parent,
            with_shipped_data=choice.with_shipped_data,
            source=choice.source,
        )
        context["preview"] = preview
        if choice.trains_cnn:
            context["cnn_cost"] = cnn_cost(choice, preview)
        context["parent"] = choice.parent
        context["earlier"] = latest_retrained()
    return render(request, "labeling/versions/_preview.html", context)


@require_POST
def version_scoring(request: UserRequest, pk: int) -> HttpResponse:
    """Start the job that scores sessions with a version."""
    version = version_for(request.user, pk)
    form = RescoringForm(request.POST)
    sessions = list(form.cleaned_data["sessions"]) if form.is_valid() else []
    job = request_rescoring(user=request.user, version=version, sessions=sessions)
    return redirect("job-detail", job.pk)
