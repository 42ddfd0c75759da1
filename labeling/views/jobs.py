"""Pages of jobs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labeling.domain.jobs import job_for, jobs_for
from labeling.views.http import UserRequest

LISTED_JOBS_MAX = 100


@require_safe
def job_list(request: UserRequest) -> HttpResponse:
    """Show the latest jobs that this user may see."""
    jobs = jobs_for(request.user)[:LISTED_JOBS_MAX]
    return render(request, "labeling/job_list.html", {"jobs": jobs})


@never_cache
@require_safe
def job_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show a job; an htmx poll gets the part that changes alone."""
    template = "labeling/job_detail.html"
    if request.htmx:
        template += "#job-progress"
    return render(request, template, {"job": job_for(request.user, pk)})
