"""Pages of subsets."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labeling.domain.assignments.assigning import labelling_accounts
from labeling.domain.assignments.labelling import assignments_for, left_to_label
from labeling.domain.assignments.returns import open_returns
from labeling.domain.labels.progress import work_in_subset
from labeling.domain.recordings.in_range import out_of_range_in_subset
from labeling.domain.subsets.curation import subset_for
from labeling.pages.subset_rows import annotator_rows, clip_rows, subset_rows
from labeling.views.http import UserRequest

CLIPS_AT_ONCE = 50


@require_safe
def subset_list(request: UserRequest) -> HttpResponse:
    """List the subsets that this user may see, with progress."""
    context = {"subsets": subset_rows(request.user)}
    return render(request, "labeling/subsets/subset_list.html", context)


@never_cache
@require_safe
def subset_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show a subset: the user's queue, clips, annotators, and returned clips."""
    subset = subset_for(request.user, pk)
    own = assignments_for(request.user).queued_in(subset)
    context: dict[str, object] = {
        "subset": subset,
        "assignments": own,
        "resume": left_to_label(own).first(),
        "work": work_in_subset(request.user, subset.pk) if own else None,
        "annotators": annotator_rows(request.user, subset),
    }
    if request.user.sees_everything:
        context["left_out"] = out_of_range_in_subset(subset)
        pages = Paginator(clip_rows(subset), CLIPS_AT_ONCE)
        context["clips"] = pages.get_page(request.GET.get("page"))
    if request.user.is_admin:
        context |= {"returns": open_returns(subset), "people": labelling_accounts()}
    return render(request, "labeling/subsets/subset_detail.html", context)
