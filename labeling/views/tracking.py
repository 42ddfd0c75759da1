"""Pages for tracking a folder of videos, and for reviewing the session."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from labeling.domain.recordings.session_files import data_root
from labeling.domain.recordings.sessions import session_for
from labeling.domain.tracking.plan import TrackingRequest
from labeling.domain.tracking.previews import frame_picture
from labeling.domain.tracking.requests import (
    check_may_track,
    request_again,
    request_tracking,
)
from labeling.domain.tracking.review import (
    correct_trial,
    review_of,
    trial_under_review,
)
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.forms.tracking import (
    FrameForm,
    TrackingForm,
    TrialForm,
    first_request,
    initial_of,
)
from labeling.pages.frame_strip import sampled_strip_png
from labeling.pages.tracking.chart import tracking_svg
from labeling.pages.tracking.new_session import (
    LISTED_VIDEOS_MAX,
    VideoListing,
    folder_listing,
    sample_rows,
    video_listing,
)
from labeling.views.http import UserRequest
from labeling.views.responses import PNG, cached_png

REVIEWED_AT_ONCE = 25


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_tracking_new(request: UserRequest) -> HttpResponse:
    """Choose a folder of videos and the pole; start tracking."""
    if request.method == "POST":
        return _submitted(request)
    look = folder_listing(request.user, request.GET.get("folder", ""))
    context: dict[str, Any] = {"look": look, "data_root": data_root()}
    if "session" in request.GET:
        context |= _again(request)
    elif "videos" in request.GET:
        first = first_request(look.folder)
        videos = video_listing(request.user, first)
        initial = {
            "folder": first.folder,
            "out": first.out,
            "video": videos.plan.videos[0].path.name if videos.plan else "",
            "session_name": videos.plan.name if videos.plan else "",
        }
        context |= _videos_context(videos, TrackingForm(initial=initial))
    return render(request, "labeling/tracking/session_tracking_new.html", context)


@never_cache
@require_safe
def session_tracking_frame(request: UserRequest) -> HttpResponse:
    """Send a frame of a video as an image."""
    check_may_track(request.user)
    form = FrameForm(request.GET)
    if not form.is_valid():
        raise NotFoundError("There is no such frame. Check the video and the number.")
    picture = frame_picture(request.user, **form.cleaned_data)
    return HttpResponse(picture, content_type=PNG)


@never_cache
@require_POST
def session_tracking_preview(request: UserRequest) -> HttpResponse:
    """Track a few frames of a few trials, and show their crops."""
    check_may_track(request.user)
    context: dict[str, Any] = {}
    try:
        context["samples"] = sample_rows(request.user, _request_in(request.POST))
    except LabelingError as error:
        context["error"] = str(error)
    return render(request, "labeling/tracking/_preview.html", context)


@never_cache
@require_safe
def session_tracking(request: UserRequest, pk: int) -> HttpResponse:
    """Show the result of tracking: pole positions, matches, warnings, crops."""
    return _review(request, pk)


@require_POST
def session_trial(request: UserRequest, pk: int, number: int) -> HttpResponse:
    """Save the corrections of a trial."""
    session = session_for(request.user, pk)
    form = TrialForm(request.POST)
    error = "Enter frame numbers, and a reason of at most 300 characters."
    if form.is_valid():
        values = form.cleaned_data
        try:
            correct_trial(
                user=request.user,
                session=session,
                number=number,
                up=values["pole_up"],
                down=values["pole_down"],
                excluded_because=values["excluded_because"],
            )
        except (NotAllowedError, NotFoundError):
            raise
        except LabelingError as problem:
            error = str(problem)
        else:
            page = reverse("session-tracking", args=[pk])
            at = request.GET.get("page", "1")
            at = at if at.isdecimal() else "1"
            return redirect(f"{page}?page={at}#trial-{number}")
    return _review(request, pk, error=error)


@require_safe
def session_crops(request: UserRequest, pk: int, number: int) -> HttpResponse:
    """Send a few crops of a trial side by side as one image."""
    session = session_for(request.user, pk)
    picture = sampled_strip_png(trial_under_review(request.user, session, number))
    return cached_png(picture)


def _review(request: UserRequest, pk: int, *, error: str = "") -> HttpResponse:
    session = session_for(request.user, pk)
    review = review_of(request.user, session)
    page = Paginator(review.rows, REVIEWED_AT_ONCE).get_page(request.GET.get("page"))
    context = {
        "session": session,
        "review": review,
        "svg": mark_safe(tracking_svg(review)),  # noqa: S308 - its texts are escaped
        "page": page,
        "error": error,
    }
    status = 422 if error else 200
    return render(
        request, "labeling/tracking/session_tracking.html", context, status=status
    )


def _submitted(request: UserRequest) -> HttpResponse:
    """Update the list of videos, or start tracking."""
    check_may_track(request.user)
    form = TrackingForm(request.POST)
    look = folder_listing(request.user, request.POST.get("folder", ""))
    context: dict[str, Any] = {"look": look, "data_root": data_root()}
    videos = VideoListing(rows=(), notices=(), error="", plan=None)
    if form.is_valid():
        if "start" in request.POST:
            try:
                job = request_tracking(user=request.user, request=form.tracking_request)
            except LabelingError as error:
                form.add_error(None, str(error))
            else:
                return redirect("job-detail", job.pk)
        videos = video_listing(request.user, form.tracking_request)
    context |= _videos_context(videos, form)
    status = 422 if form.errors else 200
    return render(
        request, "labeling/tracking/session_tracking_new.html", context, status=status
    )


def _again(request: UserRequest) -> dict[str, Any]:
    """Return the context for tracking a session again, with its earlier values."""
    pk = request.GET["session"]
    if not pk.isdecimal() or len(pk) > 9:
        raise NotFoundError("This session does not exist.")
    earlier = request_again(request.user, session_for(request.user, int(pk)))
    videos = video_listing(request.user, earlier)
    context = _videos_context(videos, TrackingForm(initial=initial_of(earlier)))
    return {**context, "look": folder_listing(request.user, earlier.folder)}


def _videos_context(videos: VideoListing, form: TrackingForm) -> dict[str, Any]:
    return {
        "form": form,
        "videos": videos,
        "rows": videos.rows[:LISTED_VIDEOS_MAX],
        "n_more": max(0, len(videos.rows) - LISTED_VIDEOS_MAX),
    }


def _request_in(query: QueryDict) -> TrackingRequest:
    form = TrackingForm(query)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise LabelingError(f"{form[field].label}: {errors[0]}")
    return form.tracking_request
