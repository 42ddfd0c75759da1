"""Pages for selecting the clips of a subset, until it is frozen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from labeling.domain.subsets.by_hand import ClipChoice
from labeling.domain.subsets.curation import (
    add_clips,
    check_may_edit_subsets,
    create_subset,
    freeze_subset,
    remove_clip,
    subset_for,
)
from labeling.errors import LabelingError
from labeling.forms.subsets import WAYS
from labeling.models import Subset
from labeling.views.http import UserRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subset_new(request: UserRequest) -> HttpResponse:
    """Create a subset of clips, selected by the model or by hand."""
    check_may_edit_subsets(request.user)
    return _chosen(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subset_clip_new(request: UserRequest, pk: int) -> HttpResponse:
    """Add clips to a subset that is not frozen."""
    check_may_edit_subsets(request.user)
    return _chosen(request, subset_for(request.user, pk))


@never_cache
@require_safe
def subset_preview(request: UserRequest) -> HttpResponse:
    """Show what would be selected, while the form is being filled in."""
    check_may_edit_subsets(request.user)
    form = WAYS[_way(request)](request.GET, named=False)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        try:
            choice = ClipChoice(clips=form.drafts())
            context |= {
                "choice": choice,
                "n_chosen_before": choice.n_chosen_before(),
                "left_out": choice.left_out(),
            }
        except LabelingError as error:
            form.add_error(None, str(error))
    return render(request, "labeling/subsets/_preview.html", context)


@require_POST
def subset_clip_removal(request: UserRequest, pk: int, clip: int) -> HttpResponse:
    """Remove a clip from a subset that is not frozen."""
    subset = subset_for(request.user, pk)
    remove_clip(user=request.user, subset=subset, pk=clip)
    return redirect("subset-detail", subset.pk)


@require_POST
def subset_freezing(request: UserRequest, pk: int) -> HttpResponse:
    """Freeze a subset: its clips can no longer change."""
    subset = freeze_subset(user=request.user, subset=subset_for(request.user, pk))
    messages.success(request, f"{subset} is frozen. Its clips can no longer change.")
    return redirect("subset-detail", subset.pk)


def _chosen(request: UserRequest, subset: Subset | None) -> HttpResponse:
    way = _way(request)
    form = WAYS[way](request.POST or None, named=subset is None)
    if request.method == "POST" and form.is_valid():
        try:
            clips = form.drafts()
            if subset is None:
                subset = create_subset(
                    user=request.user,
                    name=form.cleaned_data["name"],
                    clips=clips,
                    seed=form.drawn_with,
                )
            else:
                add_clips(user=request.user, subset=subset, clips=clips)
        except LabelingError as error:
            form.add_error(None, str(error))
        else:
            return redirect("subset-detail", subset.pk)
    context = {"form": form, "way": way, "subset": subset}
    status = 422 if form.errors else 200
    return render(request, "labeling/subsets/subset_new.html", context, status=status)


def _way(request: UserRequest) -> str:
    way = request.GET.get("by", "model")
    return way if way in WAYS else "model"
