"""A folder of 10,000 videos is listed as quickly as one of a few hundred."""

import os

import pytest
from django.urls import reverse

from labeling.domain.tracking.plan import INSPECTED_MAX
from labeling.models import Job
from tests.factories import make_user
from tests.factories_videos import spots, write_video

pytestmark = pytest.mark.django_db

N_VIDEOS = 10_000
FIELDS = {
    "folder": "many", "out": "many.h5", "video": "m-9999.mp4", "frame": "0",
    "x": "25", "y": "35", "template_px": "15", "crop_px": "9", "rate_hz": "500",
}  # fmt: skip


@pytest.fixture
def folder(data_root):
    """10,000 names of one video, except one in the middle, which is a text."""
    folder = data_root / "many"
    folder.mkdir()
    video = write_video(folder / "m-0.mp4", spots(12)[0])
    for number in range(1, N_VIDEOS):
        os.link(video, folder / f"m-{number}.mp4")
    (folder / "m-5000.mp4").unlink()
    (folder / "m-5000.mp4").write_text("no video")
    return folder


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def test_ten_thousand_videos_are_listed_previewed_and_started(admin, folder):
    page = reverse("session-tracking-new")
    look = admin.get(page, {"folder": "many", "videos": "1"})
    preview = admin.post(reverse("session-tracking-preview"), FIELDS)
    started = admin.post(page, {**FIELDS, "start": ""})

    videos, text = look.context["videos"], look.content.decode()
    assert (len(videos.rows), len(look.context["rows"])) == (N_VIDEOS, 500)
    assert len(videos.plan.facts) == INSPECTED_MAX - 1
    # Videos that were not opened count as readable: the job opens them.
    assert len(videos.plan.videos) == N_VIDEOS - 1
    assert "200 of 10,000 videos were checked, evenly spread" in text
    assert "m-5000.mp4 is not a video" in text
    assert "not opened yet" in text
    assert len(look.content) < 500_000
    assert preview.content.count(b"data:image/png;base64,") == 4
    assert started.url == reverse("job-detail", args=[Job.objects.get().pk])


def test_ten_thousand_names_without_a_number_are_reported_in_a_sentence(
    admin, data_root
):
    folder = data_root / "many"
    folder.mkdir()
    for number in range(N_VIDEOS):
        (folder / f"{number:010}x.mp4").touch()

    answer = admin.post(reverse("session-tracking-new"), {**FIELDS, "start": ""})

    assert answer.status_code == 422
    assert b"and 9997 more have no trial number of at most nine" in answer.content
    assert len(answer.content) < 500_000
