"""Pages for publishing a version, and for its differences to another version."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling.domain.recordings.sessions import session_for
from labeling.domain.versions.publishing import (
    ConfirmationNeededError,
    check_may_publish,
    publish,
)
from labeling.errors import NotFoundError
from labeling.forms.retraining import PublicationForm
from labeling.pages.frame_strip import strip_png
from labeling.pages.versions.changes import differences_for, windows_of
from labeling.views.http import UserRequest
from labeling.views.responses import cached_png


@require_POST
def session_publication(request: UserRequest, pk: int) -> HttpResponse:
    """Publish a version on a session; ask for confirmation if it may be a mistake."""
    session = session_for(request.user, pk)
    # Checked first: only some users may know which versions exist.
    check_may_publish(request.user)
    form = PublicationForm(request.POST)
    if not form.is_valid():
        raise NotFoundError("There is no such model version.")
    version = form.cleaned_data["version"]
    try:
        publish(user=request.user, session=session, **form.cleaned_data)
    except ConfirmationNeededError as error:
        context = {"session": session, "version": version, "why": error}
        template = "labeling/sessions/session_publication.html"
        return render(request, template, context, status=409)
    return redirect("session-detail", session.pk)


@never_cache
@require_safe
def session_changes(
    request: UserRequest, pk: int, before: int, after: int
) -> HttpResponse:
    """Show the differences between two versions' touches in a session."""
    diff = differences_for(request.user, pk, before, after)
    return render(request, "labeling/sessions/session_changes.html", {"diff": diff})


@never_cache
@require_safe
def session_trial_changes(
    request: UserRequest, pk: int, before: int, after: int, number: int
) -> HttpResponse:
    """Show the differences between two versions in one trial, with frames."""
    diff = differences_for(request.user, pk, before, after)
    of_trial = diff.of_trial(number)
    context = {
        "diff": diff,
        "of_trial": of_trial,
        "windows": windows_of(diff, number),
    }
    return render(request, "labeling/sessions/session_trial_changes.html", context)


@require_safe
def session_frames(
    request: UserRequest, pk: int, number: int, start: int, stop: int
) -> HttpResponse:
    """Send frames of a trial side by side as one image."""
    if not request.user.sees_everything:
        raise NotFoundError("You do not have access to these frames.")
    session = session_for(request.user, pk)
    trial = session.trials.filter(number=number).first()
    if trial is None:
        raise NotFoundError(f"{session} has no trial {number}.")
    return cached_png(strip_png(trial, start, stop))
