"""Pages of jobs."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling.domain.jobs.queue import (
    cancel_job,
    job_for,
    jobs_for,
    pace_of,
    repeat_job,
)
from labeling.views.http import UserRequest

LISTED_JOBS_MAX = 100


@require_safe
def job_list(request: UserRequest) -> HttpResponse:
    """List the latest jobs that this user may see."""
    jobs = jobs_for(request.user)[:LISTED_JOBS_MAX]
    return render(request, "labeling/jobs/job_list.html", {"jobs": jobs})


@never_cache
@require_safe
def job_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show a job; an htmx poll gets only the part that changes."""
    template = "labeling/jobs/job_detail.html"
    if request.htmx:
        template += "#job-progress"
    job = job_for(request.user, pk)
    return render(request, template, {"job": job, "pace": pace_of(job)})


@require_POST
def job_cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Cancel a job."""
    job = job_for(request.user, pk)
    cancel_job(user=request.user, job=job)
    return redirect("job-detail", pk=job.pk)


@require_POST
def job_repeat(request: UserRequest, pk: int) -> HttpResponse:
    """Start the same work again."""
    job = repeat_job(user=request.user, job=job_for(request.user, pk))
    return redirect("job-detail", pk=job.pk)
