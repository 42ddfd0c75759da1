"""Pages of subsets."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from labeling.domain.assignments import assignments_for, unfinished
from labeling.domain.in_reach import left_out_of_subset
from labeling.domain.progress import work_in_subset
from labeling.domain.selection import choose_and_assign
from labeling.domain.subsets import (
    annotator_rows,
    subset_for,
    subset_rows,
)
from labeling.errors import LabelingError, NotAllowedError
from labeling.forms.subsets import SubsetForm
from labeling.views.http import UserRequest


@require_safe
def subset_list(request: UserRequest) -> HttpResponse:
    """Show the subsets that this user may see, each with its progress."""
    context = {"subsets": subset_rows(request.user)}
    return render(request, "labeling/subset_list.html", context)


@require_safe
def subset_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show a subset: one's own queue, and who is how far."""
    subset = subset_for(request.user, pk)
    own = assignments_for(request.user).filter(clip__subset=subset)
    context: dict[str, Any] = {
        "subset": subset,
        "assignments": own,
        "resume": unfinished(own).first(),
        "work": work_in_subset(request.user, subset.pk) if own else None,
        "annotators": annotator_rows(request.user, subset),
    }
    if request.user.sees_everything:
        context["left_out"] = left_out_of_subset(subset)
    return render(request, "labeling/subset_detail.html", context)


@require_http_methods(["GET", "POST"])
def subset_new(request: UserRequest) -> HttpResponse:
    """Choose clips of sessions and give them to annotators."""
    if not request.user.is_admin:
        raise NotAllowedError("Only an admin makes subsets.")
    form = SubsetForm(request.POST or None)
    if form.is_valid():
        try:
            subset = choose_and_assign(user=request.user, **form.choice)
        except LabelingError as error:
            form.add_error(None, str(error))
        else:
            return redirect("subset-detail", subset.pk)
    status = 422 if form.errors else 200
    return render(request, "labeling/subset_new.html", {"form": form}, status=status)
