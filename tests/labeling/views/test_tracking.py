"""Pages that make a session out of a folder of videos."""

import pytest
from django.urls import reverse

from labeling.models import Job, Session
from tests.factories import make_session, make_user
from tests.factories_videos import spots, write_video
from tests.page_markup import compact

pytestmark = pytest.mark.django_db

PAGES = ("session-tracking-new", "session-tracking-frame")


@pytest.fixture
def folder(data_root):
    """Two videos of a spot, the pole, two folders below the data root."""
    folder = data_root / "A1" / "monday"
    folder.mkdir(parents=True)
    for number in (10, 9):
        write_video(folder / f"m-{number}.mp4", spots(12)[0])
    return folder


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def fields(**changed):
    standard = {
        "folder": "A1/monday", "out": "monday.h5", "video": "m-9.mp4", "frame": "0",
        "x": "25", "y": "35", "template_px": "15", "crop_px": "9", "rate_hz": "500",
    }  # fmt: skip
    return {**standard, **changed}


def get(client, page, **query):
    return client.get(reverse(page), query)


def preview(client, **changed):
    return client.post(reverse("session-tracking-preview"), fields(**changed))


def start(client, **changed):
    return client.post(
        reverse("session-tracking-new"), {**fields(**changed), "start": ""}
    )


def test_folders_are_listed_down_to_the_videos(admin, folder):
    top = get(admin, "session-tracking-new")
    below = get(admin, "session-tracking-new", folder="A1/monday")

    assert b"?folder=A1" in top.content
    assert "Open 2 videos</a>" in compact(below)


def test_a_folders_videos_are_shown_in_natural_order_with_what_is_odd(admin, folder):
    write_video(folder / "m-11.mp4", spots(11)[0])
    (folder / "m-12.mp4").write_bytes(b"")

    page = get(admin, "session-tracking-new", folder="A1/monday", videos="1")

    names = [row.name for row in page.context["rows"]]
    assert names == ["m-9.mp4", "m-10.mp4", "m-11.mp4", "m-12.mp4"]
    assert b"m-12.mp4 is not a video" in page.content
    assert b"m-11.mp4 has 11 frames" in page.content
    assert page.context["form"].initial["session_name"] == "m"


def test_a_duplicate_trial_number_is_reported_and_corrected_by_hand(admin, folder):
    write_video(folder / "x-9.mp4", spots(12)[0])

    page = get(admin, "session-tracking-new", folder="A1/monday", videos="1")
    mended = admin.post(
        reverse("session-tracking-new"), fields(numbers="x-9.mp4 = 19", look="")
    )

    assert b"m-9.mp4, x-9.mp4 have the same trial number 9" in page.content
    assert [row.number for row in mended.context["rows"]] == [9, 10, 19]
    assert mended.status_code == 200
    assert mended.context["videos"].error == ""


@pytest.mark.parametrize("numbers", ["x-9.mp4", "m-9.mp4 = nine", "= 3"])
def test_lines_that_are_no_numbers_are_refused(admin, folder, numbers):
    response = start(admin, numbers=numbers)

    assert response.status_code == 422
    assert b"Write lines such as video.mp4 = 12" in response.content
    assert Job.objects.count() == 0


def test_a_frame_is_sent_as_a_picture(admin, folder):
    response = get(
        admin, "session-tracking-frame", folder="A1/monday", video="m-9.mp4", frame="3"
    )

    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")


def test_the_preview_tracks_a_few_trials(admin, folder):
    shown = preview(admin)
    refused = preview(admin, x="2")

    assert shown.content.count(b"data:image/png;base64,") == 2
    assert b"extends beyond the frame of 128x96 px" in refused.content


def test_starting_queues_a_job_with_the_request(admin, folder):
    response = start(admin, left_out="m-10.mp4", numbers="m-9.mp4 = 4", rig="r")

    job = Job.objects.get()
    assert response.url == reverse("job-detail", args=[job.pk])
    assert (job.kind, job.title) == ("track", "Track 1 videos: m")
    assert job.parameters["numbers"] == {"m-9.mp4": 4}
    assert job.parameters["left_out"] == ["m-10.mp4"]
    assert job.parameters["about"] == {"rate_hz": 500.0, "animal": "", "rig": "r"}
    assert job.parameters["find_pole_times"] is False


@pytest.mark.parametrize(
    "changed", [{"out": "../monday.h5"}, {"out": "taken.h5"}, {"x": ""}, {"video": "?"}]
)
def test_a_request_that_cannot_start_is_refused_on_the_page(admin, folder, changed):
    make_session("taken")

    response = start(admin, **changed)

    assert response.status_code == 422
    assert Job.objects.count() == 0


@pytest.mark.parametrize("way_out", ["..", "../secret", "/etc", "A1/../..", "link"])
def test_nothing_leads_out_of_the_data_root(admin, folder, data_root, way_out):
    secret = data_root.parent / "secret"
    secret.mkdir()
    write_video(secret / "s-1.mp4", spots(2)[0])
    (data_root / "link").symlink_to(secret)

    listed = get(admin, "session-tracking-new", folder=way_out)
    looked = get(admin, "session-tracking-new", folder=way_out, videos="1")
    frame = get(admin, "session-tracking-frame", folder=way_out, video="s-1.mp4")
    shown = preview(admin, folder=way_out)
    started = start(admin, folder=way_out)

    answers = [listed, looked, frame, started]
    assert [answer.status_code < 400 for answer in answers] == [False] * 4
    assert b"is outside the data root" in shown.content
    assert Job.objects.count() == 0
    assert b"link" not in get(admin, "session-tracking-new").content.split(b"<main")[1]


def test_a_video_that_links_out_of_the_data_root_is_not_shown(admin, folder, data_root):
    outside = write_video(data_root.parent / "s-1.mp4", spots(2)[0])
    (folder / "m-11.mp4").symlink_to(outside)

    frame = get(admin, "session-tracking-frame", folder="A1/monday", video="m-11.mp4")
    looked = get(admin, "session-tracking-new", folder="A1/monday", videos="1")

    assert frame.status_code >= 400
    assert b"is a link out of the data root" in looked.content


@pytest.mark.parametrize("role", ["annotator", "viewer"])
def test_only_an_admin_looks_at_folders_and_videos(client, folder, role):
    client.force_login(make_user("alice", role))

    answers = [get(client, page, **fields()).status_code for page in PAGES]

    answers.append(preview(client).status_code)
    assert answers == [403, 403, 403]
    assert start(client).status_code == 403
    assert (Job.objects.count(), Session.objects.count()) == (0, 0)
