"""Notifications of finished jobs, to a webhook and by e-mail."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from labeling.domain.jobs.attempts import finish_job, start_job
from labeling.domain.jobs.notifications import notify_of_job
from labeling.models import Job
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    dana = make_user("dana", "admin")
    dana.email = "dana@lab.example"
    dana.save()
    job = Job.objects.create(kind="score", title="Score A", requested_by=dana)
    finish_job(job=start_job(job_id=job.pk), result={"session": 7})
    job.refresh_from_db()
    return job


@pytest.fixture
def webhook():
    """A web server that records the notices it receives."""
    notices = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self):
            notices.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", notices
    server.shutdown()
    server.server_close()


def test_a_webhook_gets_the_outcome_of_a_job(job, webhook, settings):
    settings.WHACC_WEBHOOK_URL, notices = webhook

    notify_of_job(job)

    (notice,) = notices
    assert json.loads(notice) == {
        "job": job.pk,
        "kind": "score",
        "title": "Score A",
        "state": "done",
        "error": "",
        "result": {"session": 7},
    }


def test_the_user_who_requested_a_job_gets_an_email(job, settings, mailoutbox):
    settings.WHACC_EMAIL_FROM = "whacc@lab.example"

    notify_of_job(job)

    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("Score A: done", ["dana@lab.example"])


def test_a_notification_is_queued_only_if_one_is_set_up(job, settings):
    settings.WHACC_WEBHOOK_URL = "http://127.0.0.1:9/"
    later = Job.objects.create(kind="score")

    finish_job(job=start_job(job_id=later.pk))

    notice = ProcrastinateJob.objects.get()
    assert (notice.task_name, notice.args) == (
        "labeling.tell_of_job", {"job_id": later.pk},
    )  # fmt: skip
