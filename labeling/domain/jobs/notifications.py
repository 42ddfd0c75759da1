"""Notifications: report finished jobs to a webhook and by e-mail."""

import json
import urllib.request

from django.conf import settings
from django.core.mail import send_mail
from procrastinate.contrib.django import app

from labeling.models import Job

WEBHOOK_SECONDS_MAX = 10


def notify_after_commit(job: Job) -> None:
    """Send the job-finished notification after commit."""
    if settings.WHACC_WEBHOOK_URL or settings.WHACC_EMAIL_FROM:
        app.configure_task("labeling.tell_of_job").defer(job_id=job.pk)


def notify_of_job(job: Job) -> None:
    """Send the notifications of a finished job; the worker retries after errors."""
    if settings.WHACC_WEBHOOK_URL:
        _post(settings.WHACC_WEBHOOK_URL, webhook_notice(job))
    if settings.WHACC_EMAIL_FROM and job.requested_by and job.requested_by.email:
        send_mail(
            subject=f"{job.title}: {job.state}",
            message=f"{job.error or job.log}\n",
            from_email=settings.WHACC_EMAIL_FROM,
            recipient_list=[job.requested_by.email],
        )


def webhook_notice(job: Job) -> dict[str, object]:
    """Return the JSON that a webhook gets."""
    return {
        "job": job.pk,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "error": job.error,
        "result": job.result,
    }


def _post(url: str, notice: dict[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310 - the URL is a setting of the server
        url,
        data=json.dumps(notice).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS_MAX).close()  # noqa: S310
