"""Pages of sessions."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
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
from labeling.forms.sessions import SessionForm
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
            return redirect("session-detail", session.pk)
    files = importable_files(request.user)
    context = {"form": form, "data_root": data_root(), "files": files}
    status = 422 if form.errors else 200
    return render(request, "labeling/sessions/session_new.html", context, status=status)


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
