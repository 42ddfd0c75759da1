"""Page for returning a clip."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from labeling.domain.assignments.labelling import assignment_to_open
from labeling.domain.assignments.returns import return_clip
from labeling.forms.assigning import ReturnForm
from labeling.views.http import UserRequest


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
