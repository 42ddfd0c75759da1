"""The adjudication page: disagreements of annotators, one after the other."""

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling.domain.agreement.access import adjudicated_subset_for
from labeling.domain.agreement.adjudication import adjudicated_trial
from labeling.domain.labels.decisions import decision_revision, record_decisions
from labeling.domain.recordings.frames import frame_differences, frames_digest
from labeling.errors import NotFoundError
from labeling.forms.settlements import decisions_from
from labeling.pages.adjudication import decision_table, queue_state, stretch_state
from labeling.views.encoding import streamed
from labeling.views.http import UserRequest
from labeling.views.responses import cache_forever, csv_download


@never_cache
@require_safe
def subset_adjudication(request: UserRequest, pk: int) -> HttpResponse:
    """Show the page for adjudicating the disagreements of a subset."""
    subset = adjudicated_subset_for(request.user, pk)
    state = {
        **queue_state(request.user, subset),
        "url": reverse("subset-adjudication", args=[pk]),
        "settlements_url": reverse("subset-adjudication-settlements", args=[pk]),
        "strips_url": f"{reverse('subset-comparison', args=[pk])}frames/",
    }
    context = {"subset": subset, "state": state}
    return render(request, "labeling/subsets/subset_adjudication.html", context)


@never_cache
@require_safe
def subset_adjudication_stretch(
    request: UserRequest, pk: int, trial: int, start: int, stop: int
) -> JsonResponse:
    """Send all annotators' labels of one stretch, and its decision."""
    subset = adjudicated_subset_for(request.user, pk)
    state = stretch_state(subset, trial, start, stop)
    block = state["block"]
    frames = (block["start"], block["stop"])
    digest = frames_digest(adjudicated_trial(subset, trial, *frames), *frames)
    block["url"] = reverse(
        "subset-adjudication-frames", args=[pk, trial, *frames, digest]
    )
    return JsonResponse(state)


@require_safe
def subset_adjudication_frames(
    request: UserRequest, pk: int, trial: int, start: int, stop: int, digest: str
) -> StreamingHttpResponse:
    """Send frames; the URL contains their digest, so the content never changes."""
    subset = adjudicated_subset_for(request.user, pk)
    source = adjudicated_trial(subset, trial, start, stop)
    if digest != frames_digest(source, start, stop):
        raise NotFoundError("These frames have changed. Reload the page.")
    response = streamed(request, frame_differences(source, start, stop))
    cache_forever(response)
    return response


@never_cache
@require_POST
def subset_adjudication_settlements(request: UserRequest, pk: int) -> JsonResponse:
    """Record decisions; respond after they are committed."""
    subset = adjudicated_subset_for(request.user, pk)
    client, drafts, unreadable = decisions_from(request.body)
    outcomes = record_decisions(
        user=request.user, subset=subset, client=client, drafts=drafts
    )
    refused = [
        {"id": str(each.id), "error": each.error}
        for each in outcomes
        if each.decision is None
    ]
    refused += [{"id": str(pk), "error": error} for pk, error in unreadable.items()]
    acknowledged = [
        {
            "id": str(each.id),
            "revision": each.decision.revision,
            "applied": each.decision.applied,
            "error": each.error,
        }
        for each in outcomes
        if each.decision is not None
    ]
    return JsonResponse(
        {
            "revision": decision_revision(subset),
            "acknowledged": acknowledged,
            "refused": refused,
        }
    )


@never_cache
@require_safe
def subset_adjudication_log(request: UserRequest, pk: int) -> HttpResponse:
    """Send all decisions as CSV."""
    subset = adjudicated_subset_for(request.user, pk)
    return csv_download(decision_table(subset), f"decisions-{pk}.csv")
