"""Pages for assigning a subset's clips to annotators, and for withdrawing them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from labeling.domain.assignments.assigning import (
    assign_clips,
    assignment_sentence,
    check_may_assign,
    plan_assignments,
)
from labeling.domain.assignments.returns import answer_return
from labeling.domain.assignments.withdrawal import (
    set_policy,
    usual_takers,
    withdraw,
)
from labeling.domain.subsets.curation import subset_for
from labeling.errors import LabelingError
from labeling.forms.assigning import (
    AnswerForm,
    AssigningForm,
    PolicyForm,
    WithdrawalForm,
)
from labeling.models import ClipReturn
from labeling.pages.subset_rows import annotator_row
from labeling.views.http import UserRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subset_assigning(request: UserRequest, pk: int) -> HttpResponse:
    """Assign the clips of a subset to annotators."""
    check_may_assign(request.user)
    subset = subset_for(request.user, pk)
    form = AssigningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            queues = assign_clips(user=request.user, subset=subset, request=form.choice)
        except LabelingError as error:
            form.add_error(None, str(error))
        else:
            messages.info(request, assignment_sentence(queues))
            return redirect("subset-detail", subset.pk)
    context = {"form": form, "subset": subset}
    status = 422 if form.errors else 200
    return render(
        request, "labeling/subsets/subset_assigning.html", context, status=status
    )


@never_cache
@require_safe
def subset_assigning_former(request: UserRequest, pk: int) -> HttpResponse:
    """Redirect from the former address of the page, which people have bookmarked."""
    check_may_assign(request.user)
    return redirect("subset-assigning", subset_for(request.user, pk).pk)


@never_cache
@require_safe
def subset_assigning_preview(request: UserRequest, pk: int) -> HttpResponse:
    """Show what each annotator would get, while the form is being filled in."""
    check_may_assign(request.user)
    subset = subset_for(request.user, pk)
    form = AssigningForm(request.GET)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        try:
            context["queues"] = plan_assignments(subset=subset, request=form.choice)
        except LabelingError as error:
            form.add_error(None, str(error))
    return render(request, "labeling/subsets/_assigning_preview.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subset_annotator(request: UserRequest, pk: int, annotator: int) -> HttpResponse:
    """Show one annotator's assignments in a subset; change what they see."""
    check_may_assign(request.user)
    subset = subset_for(request.user, pk)
    row = annotator_row(request.user, subset, annotator)
    policy = {"sees_scores": row.sees_scores, "sees_others": row.sees_others}
    form = PolicyForm(request.POST if request.method == "POST" else None)
    form.initial = policy
    if request.method == "POST" and form.is_valid():
        set_policy(
            user=request.user,
            subset=subset,
            annotator=row.annotator,
            **form.cleaned_data,
        )
        messages.success(request, f"Settings of {row.annotator} in {subset} saved.")
        return redirect("subset-detail", subset.pk)
    others = usual_takers(subset, row.annotator)
    takers = WithdrawalForm(initial={"takers": others}, annotator=row.annotator)
    context = {"subset": subset, "row": row, "form": form, "withdrawal": takers}
    return render(request, "labeling/subsets/subset_annotator.html", context)


@require_POST
def subset_withdrawal(request: UserRequest, pk: int, annotator: int) -> HttpResponse:
    """Withdraw an annotator's unfinished clips, and reassign them."""
    check_may_assign(request.user)
    subset = subset_for(request.user, pk)
    row = annotator_row(request.user, subset, annotator)
    form = WithdrawalForm(request.POST, annotator=row.annotator)
    if not form.is_valid():
        raise LabelingError(
            "One of the chosen accounts is deactivated or may not label. Go back and "
            "choose again."
        )
    done = withdraw(
        user=request.user,
        subset=subset,
        annotator=row.annotator,
        takers=list(form.cleaned_data["takers"]),
    )
    messages.info(request, str(done))
    return redirect("subset-detail", subset.pk)


@require_POST
def subset_return(request: UserRequest, pk: int, number: int) -> HttpResponse:
    """Answer an annotator who returned a clip."""
    check_may_assign(request.user)
    subset = subset_for(request.user, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise LabelingError(
            "The answer is missing, or the chosen account is deactivated or may not "
            "label. Go back and choose again."
        )
    message = answer_return(
        user=request.user,
        subset=subset,
        pk=number,
        answer=ClipReturn.Answer(form.cleaned_data["answer"]),
        taker=form.cleaned_data["taker"],
    )
    messages.info(request, message)
    return redirect("subset-detail", subset.pk)
