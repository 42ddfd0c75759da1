"""Pages of sessions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from labeling.domain.assignments.assigning import check_may_assign
from labeling.domain.assignments.file_labels import (
    file_labels,
    has_labels,
    take_file_labels,
)
from labeling.domain.jobs.queue import request_job
from labeling.domain.recordings.in_range import out_of_range_in
from labeling.domain.recordings.session_files import data_root, importable_files
from labeling.domain.recordings.sessions import (
    import_session,
    session_for,
    sessions_for,
    trial_rows,
    with_sizes,
)
from labeling.domain.versions.publishing import versions_on
from labeling.errors import LabelingError
from labeling.forms.sessions import FileLabelsForm, SessionForm
from labeling.models import Job
from labeling.views.http import UserRequest


@require_safe
def session_list(request: UserRequest) -> HttpResponse:
    """List the sessions that this user may see."""
    sessions = with_sizes(sessions_for(request.user))
    return render(
        request, "labeling/sessions/session_list.html", {"sessions": sessions}
    )


@require_safe
def session_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show one session and its trials."""
    session = session_for(request.user, pk)
    context = {"session": session, "rows": trial_rows(request.user, session)}
    if request.user.sees_everything:
        context["scored"] = versions_on(session)
        context["left_out"] = out_of_range_in([session])
    return render(request, "labeling/sessions/session_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def session_new(request: UserRequest) -> HttpResponse:
    """Import a session file from the data root."""
    form = SessionForm(request.POST or None)
    if form.is_valid():
        try:
            session = import_session(
                user=request.user,
                file=form.cleaned_data["file"],
                details=form.details,
            )
        except LabelingError as error:
            form.add_error("file", str(error))
        else:
            if has_labels(session):
                messages.info(
                    request,
                    "The file has labels. “Take labels of a file” makes them the "
                    "labels of an annotator.",
                )
            return redirect("session-detail", session.pk)
    files = importable_files(request.user)
    context = {"form": form, "data_root": data_root(), "files": files}
    status = 422 if form.errors else 200
    return render(request, "labeling/sessions/session_new.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_labels_new(request: UserRequest, pk: int) -> HttpResponse:
    """Take the labels that a file holds as the labels of an annotator."""
    check_may_assign(request.user)
    session = session_for(request.user, pk)
    form = FileLabelsForm(request.POST or None)
    if form.is_valid():
        chosen = dict(form.cleaned_data)
        name = chosen.pop("name")
        try:
            found = file_labels(user=request.user, session=session, **chosen)
            subset = take_file_labels(user=request.user, found=found, name=name)
        except LabelingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{found.n_labelled:,} labels of {found.annotator} recorded."
            )
            return redirect("subset-detail", subset.pk)
    context = {
        "form": form,
        "session": session,
        "files": importable_files(request.user),
    }
    status = 422 if form.errors else 200
    return render(
        request, "labeling/sessions/session_labels_new.html", context, status=status
    )


@never_cache
@require_safe
def session_labels_preview(request: UserRequest, pk: int) -> HttpResponse:
    """Show what the labels of a file match, while the form is being filled in."""
    check_may_assign(request.user)
    session = session_for(request.user, pk)
    form = FileLabelsForm(request.GET)
    context: dict[str, object] = {"form": form, "session": session}
    if form.is_valid():
        chosen = dict(form.cleaned_data)
        del chosen["name"]
        try:
            context["found"] = file_labels(user=request.user, session=session, **chosen)
        except LabelingError as error:
            form.add_error(None, str(error))
    return render(request, "labeling/sessions/_labels_preview.html", context)


@require_POST
def session_scoring(request: UserRequest, pk: int) -> HttpResponse:
    """Start the job that scores a session."""
    session = session_for(request.user, pk)
    job = request_job(
        user=request.user,
        kind=Job.Kind.SCORE,
        title=f"Score {session}",
        parameters={"session": session.pk},
    )
    return redirect("job-detail", job.pk)
