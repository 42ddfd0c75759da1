"""Pages of jobs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling.models import Job
from tests.factories import make_user
from tests.page_markup import compact

pytestmark = pytest.mark.django_db


def test_a_poll_gets_the_changing_part_alone(client):
    dana = make_user("dana", "admin")
    job = Job.objects.create(kind="score", requested_by=dana)
    client.force_login(dana)
    url = reverse("job-detail", args=[job.pk])

    page = client.get(url)
    poll = client.get(url, headers={"HX-Request": "true"})

    assert b"<html" in page.content
    assert b"<html" not in poll.content
    assert b'hx-trigger="every 1s"' in poll.content


def test_a_stage_of_one_step_shows_that_it_runs_and_no_percentage(client):
    dana = make_user("dana", "admin")
    job = Job.objects.create(kind="score", requested_by=dana, state="running", total=1)
    client.force_login(dana)
    url = reverse("job-detail", args=[job.pk])

    one_step = client.get(url).content.decode()
    Job.objects.update(done=3, total=12)
    many = client.get(url).content.decode()

    assert ("<progress" in one_step, "max=" in one_step, "%," in one_step) == (
        True, False, False
    )  # fmt: skip
    assert 'value="3" max="12"' in many
    assert "25 %, 3 of 12" in many


def test_a_running_job_shows_the_end_of_its_log_and_one_that_ended_all_of_it(client):
    dana = make_user("dana", "admin")
    log = "".join(f"line {number};\n" for number in range(40))
    job = Job.objects.create(kind="score", requested_by=dana, state="running", log=log)
    client.force_login(dana)
    url = reverse("job-detail", args=[job.pk])

    running = client.get(url).content.decode()
    Job.objects.update(state="done")
    ended = client.get(url).content.decode()

    assert ("line 39;" in running, "line 0;" in running) == (True, False)
    assert ("line 39;" in ended, "line 0;" in ended) == (True, True)


def test_a_slow_stage_shows_seconds_per_item(client):
    dana = make_user("dana", "admin")
    started = timezone.now() - timedelta(seconds=100)
    job = Job.objects.create(
        kind="score", requested_by=dana, state="running", stage_started_at=started,
        done=10, total=20,
    )  # fmt: skip
    client.force_login(dana)

    page = compact(client.get(reverse("job-detail", args=[job.pk])))

    assert "10 s per step, about" in page


def test_a_job_that_ended_is_polled_no_more(client):
    dana = make_user("dana", "admin")
    job = Job.objects.create(kind="score", requested_by=dana, state="failed", error="E")
    client.force_login(dana)

    poll = client.get(
        reverse("job-detail", args=[job.pk]), headers={"HX-Request": "true"}
    )

    assert b"hx-trigger" not in poll.content


def test_an_annotator_sees_no_job_of_others(client):
    job = Job.objects.create(kind="score", requested_by=make_user("dana", "admin"))
    client.force_login(make_user())

    assert client.get(reverse("job-detail", args=[job.pk])).status_code == 404
    assert list(client.get(reverse("job-list")).context["jobs"]) == []


def test_an_admin_cancels_and_starts_again_from_the_page(client):
    dana = make_user("dana", "admin")
    job = Job.objects.create(kind="score", title="Score", requested_by=dana)
    client.force_login(dana)

    client.post(reverse("job-cancel", args=[job.pk]))
    again = client.post(reverse("job-repeat", args=[job.pk]))

    job.refresh_from_db()
    later = Job.objects.exclude(pk=job.pk).get()
    assert (job.state, later.state, later.title) == ("cancelled", "queued", "Score")
    assert again.url == reverse("job-detail", args=[later.pk])


def test_a_viewer_sees_a_job_and_its_error_but_no_traceback_and_cannot_cancel(client):
    job = Job.objects.create(
        kind="score", state="failed", error="The disk is full.", traceback="line 1"
    )
    queued = Job.objects.create(kind="score")
    client.force_login(make_user("vera", "viewer"))

    page = client.get(reverse("job-detail", args=[job.pk])).content.decode()

    assert ("The disk is full." in page, "line 1" in page) == (True, False)
    assert client.post(reverse("job-cancel", args=[queued.pk])).status_code == 403
    assert client.post(reverse("job-repeat", args=[job.pk])).status_code == 403
