"""Pages that make a session out of a folder of videos."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from labeling.domain.session_files import data_root
from labeling.domain.tracking_looks import (
    LISTED_VIDEOS_MAX,
    VideosLook,
    frame_picture,
    look_at_folder,
    look_at_videos,
    tracked_samples,
)
from labeling.domain.tracking_plan import TrackingRequest
from labeling.domain.tracking_requests import request_tracking
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.forms.tracking import FrameForm, TrackingForm, first_request
from labeling.views.http import UserRequest


@never_cache
@require_http_methods(["GET", "POST"])
def session_tracking_new(request: UserRequest) -> HttpResponse:
    """Choose a folder, look at its videos, choose the pole, start tracking."""
    if request.method == "POST":
        return _asked(request)
    look = look_at_folder(request.user, request.GET.get("folder", ""))
    context: dict[str, Any] = {"look": look, "data_root": data_root()}
    if "videos" in request.GET:
        first = first_request(look.folder)
        videos = look_at_videos(request.user, first)
        initial = {
            "folder": first.folder,
            "out": first.out,
            "video": videos.plan.videos[0].path.name if videos.plan else "",
            "session_name": videos.plan.name if videos.plan else "",
        }
        context |= _videos_context(videos, TrackingForm(initial=initial))
    return render(request, "labeling/session_tracking_new.html", context)


@never_cache
@require_safe
def session_tracking_frame(request: UserRequest) -> HttpResponse:
    """Send a frame of a video as a picture."""
    form = FrameForm(request.GET)
    if not form.is_valid():
        raise NotFoundError("There is no such frame: check video and number.")
    picture = frame_picture(request.user, **form.cleaned_data)
    return HttpResponse(picture, content_type="image/png")


@never_cache
@require_safe
def session_tracking_preview(request: UserRequest) -> HttpResponse:
    """Show a few frames of a few trials, tracked now."""
    context: dict[str, Any] = {}
    try:
        context["samples"] = tracked_samples(request.user, _request_in(request.GET))
    except NotAllowedError:
        raise
    except LabelingError as error:
        context["error"] = str(error)
    return render(request, "labeling/_tracking_preview.html", context)


def _asked(request: UserRequest) -> HttpResponse:
    """Look again, or start."""
    if not request.user.is_admin:
        raise NotAllowedError("Only an admin tracks videos.")
    form = TrackingForm(request.POST)
    look = look_at_folder(request.user, request.POST.get("folder", ""))
    context: dict[str, Any] = {"look": look, "data_root": data_root()}
    videos = VideosLook(rows=(), notices=(), error="", plan=None)
    if form.is_valid():
        if "start" in request.POST:
            try:
                job = request_tracking(user=request.user, request=form.asked)
            except LabelingError as error:
                form.add_error(None, str(error))
            else:
                return redirect("job-detail", job.pk)
        videos = look_at_videos(request.user, form.asked)
    context |= _videos_context(videos, form)
    status = 422 if form.errors else 200
    return render(request, "labeling/session_tracking_new.html", context, status=status)


def _videos_context(videos: VideosLook, form: TrackingForm) -> dict[str, Any]:
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
    return form.asked
