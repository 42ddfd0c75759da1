"""Notices: who is told that a job has ended, and how."""

import json
import urllib.request

from django.conf import settings
from django.core.mail import send_mail
from procrastinate.contrib.django import app

from labeling.models import Job

WEBHOOK_SECONDS_MAX = 10


def defer_notice(job: Job) -> None:
    """Have it told that a job has ended, as soon as this is committed."""
    if settings.WHACC_WEBHOOK_URL or settings.WHACC_EMAIL_FROM:
        app.configure_task("labeling.tell_of_job").defer(job_id=job.pk)


def tell_of_job(job: Job) -> None:
    """Tell of a job's end; whatever fails here is tried again."""
    if settings.WHACC_WEBHOOK_URL:
        _post(settings.WHACC_WEBHOOK_URL, notice_of(job))
    if settings.WHACC_EMAIL_FROM and job.requested_by and job.requested_by.email:
        send_mail(
            subject=f"{job.title}: {job.state}",
            message=f"{job.error or job.log}\n",
            from_email=settings.WHACC_EMAIL_FROM,
            recipient_list=[job.requested_by.email],
        )


def notice_of(job: Job) -> dict[str, object]:
    """Return what a webhook is told."""
    return {
        "job": job.pk,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "error": job.error,
        "result": job.result,
    }


def _post(url: str, notice: dict[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310 - whoever runs the server chose it
        url,
        data=json.dumps(notice).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS_MAX).close()  # noqa: S310
