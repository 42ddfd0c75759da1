"""The labelling page, its requests, and the page that returns a clip."""

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from labeling.domain.accounts.key_maps import key_map_of
from labeling.domain.assignments.labelling import (
    assignment_for,
    assignment_to_open,
    block_scores,
    label_state,
    next_assignment,
)
from labeling.domain.assignments.others_labels import lanes_of_others, n_lanes
from labeling.domain.assignments.returns import return_clip
from labeling.domain.labels.log import OperationDraft
from labeling.domain.labels.operations import (
    Refusal,
    applied_operations,
    labels_and_revision,
    record_own_operations,
)
from labeling.domain.recordings.frames import block_differences, block_digest
from labeling.domain.tracking.full_frames import full_frame_png, knows_its_videos
from labeling.errors import LabelingError, NotFoundError
from labeling.forms.assigning import ReturnForm
from labeling.forms.operations import operations_from
from labeling.models import Assignment
from labeling.views.encoding import streamed
from labeling.views.http import UserRequest
from labeling.views.responses import cache_forever, cached_png


@never_cache
@require_safe
def assignment_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show the labelling page of one of the user's own assignments."""
    ahead = request.headers.get("Purpose") == "prefetch"
    assignment = assignment_to_open(request.user, pk, ahead=ahead)
    context = {"assignment": assignment, "state": _page_state(assignment)}
    return render(request, "labeling/assignments/assignment_detail.html", context)


@never_cache
@require_safe
def assignment_state(request: UserRequest, pk: int) -> JsonResponse:
    """Send the state of an assignment to a page that is already open."""
    return JsonResponse({"state": _page_state(assignment_to_open(request.user, pk))})


@never_cache
@require_safe
def assignment_next(request: UserRequest, pk: int) -> JsonResponse:
    """Send the state of the next assignment to label; null if none is left."""
    following = next_assignment(assignment_for(request.user, pk))
    return JsonResponse({"state": following and _page_state(following)})


@require_safe
def assignment_frames(
    request: UserRequest, pk: int, digest: str
) -> StreamingHttpResponse:
    """Send a clip's frames; the URL contains their digest, so they never change."""
    clip = assignment_for(request.user, pk).clip
    if digest != block_digest(clip):
        raise NotFoundError("These frames have changed. Reload the page.")
    response = streamed(request, block_differences(clip))
    cache_forever(response)
    return response


@require_safe
def assignment_full_frame(request: UserRequest, pk: int, frame: int) -> HttpResponse:
    """Send the full video frame that a crop was cut from."""
    picture = full_frame_png(assignment_for(request.user, pk), frame)
    return cached_png(picture)


@never_cache
@require_safe
def assignment_labels(request: UserRequest, pk: int) -> JsonResponse:
    """Send an assignment's labels and their revision."""
    assignment = assignment_for(request.user, pk)
    return JsonResponse(labels_and_revision(assignment))


@never_cache
@require_safe
def assignment_history(request: UserRequest, pk: int) -> JsonResponse:
    """Send the operations behind an assignment's labels, for undo."""
    assignment = assignment_for(request.user, pk)
    return JsonResponse({"operations": applied_operations(assignment)})


@never_cache
@require_safe
def assignment_scores(request: UserRequest, pk: int) -> HttpResponse:
    """Send the scores of a clip's block as float32, if the policy allows it."""
    scores = block_scores(assignment_for(request.user, pk))
    return HttpResponse(scores.tobytes(), content_type="application/octet-stream")


@never_cache
@require_safe
def assignment_others(request: UserRequest, pk: int) -> JsonResponse:
    """Send other annotators' labels of a clip, if the policy allows it."""
    lanes = lanes_of_others(assignment_to_open(request.user, pk))
    return JsonResponse({"lanes": [asdict(lane) for lane in lanes]})


@never_cache
@require_POST
def assignment_operations(request: UserRequest, pk: int) -> JsonResponse:
    """Record operations; respond after they are committed."""
    client, drafts, unreadable = _operations_of(request, pk)
    receipt = record_own_operations(
        user=request.user, pk=pk, client=client, drafts=drafts, unreadable=unreadable
    )
    acknowledged = [
        {"id": str(each.id), "revision": each.revision, "applied": each.applied}
        for each in receipt.operations
    ]
    refused = [{"id": str(each.id), "error": each.error} for each in receipt.refused]
    return JsonResponse(
        {
            "revision": receipt.revision,
            "acknowledged": acknowledged,
            "refused": refused,
            "labels": receipt.labels,
            "notes": receipt.notes,
            "withdrawn": receipt.withdrawn,
        }
    )


def _operations_of(
    request: UserRequest, pk: int
) -> tuple[UUID, list[OperationDraft], list[Refusal]]:
    """Parse the request; users who do not own the assignment get a 404."""
    try:
        return operations_from(request.body)
    except LabelingError:
        assignment_for(request.user, pk)
        raise


def _page_state(assignment: Assignment) -> dict[str, object]:
    """Return the state of an assignment, with the URLs that the page calls."""
    state = label_state(assignment)
    state["block"]["url"] = reverse(
        "assignment-frames", args=[assignment.pk, block_digest(assignment.clip)]
    )
    if state["scores"]:
        state["scores"]["url"] = reverse("assignment-scores", args=[assignment.pk])
    return {
        **state,
        "others": _others_state(assignment),
        "url": reverse("assignment-detail", args=[assignment.pk]),
        "next_url": reverse("assignment-next", args=[assignment.pk]),
        "labels_url": reverse("assignment-labels", args=[assignment.pk]),
        "history_url": reverse("assignment-history", args=[assignment.pk]),
        "key_map": key_map_of(assignment.annotator),
        "key_map_url": reverse("key-map"),
        "full_frame_url": reverse("assignment-full-frame", args=[assignment.pk, 0])
        if knows_its_videos(assignment.clip.trial.session)
        else None,
        "operations_url": reverse("assignment-operations", args=[assignment.pk]),
        "back_url": reverse("subset-detail", args=[assignment.queue_id]),
        "return_url": reverse("assignment-return", args=[assignment.pk]),
    }


def _others_state(assignment: Assignment) -> dict[str, object] | None:
    n_others = n_lanes(assignment)
    if n_others is None:
        return None
    return {"n": n_others, "url": reverse("assignment-others", args=[assignment.pk])}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_return(request: UserRequest, pk: int) -> HttpResponse:
    """Return a clip to an admin with a note; it leaves the annotator's queue."""
    assignment = assignment_to_open(request.user, pk)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return_clip(assignment=assignment, note=form.cleaned_data["note"])
        messages.success(request, "The clip is returned to an admin. Your labels stay.")
        return redirect("home")
    context = {"assignment": assignment, "form": form}
    status = 422 if form.errors else 200
    return render(
        request, "labeling/assignments/assignment_return.html", context, status=status
    )
