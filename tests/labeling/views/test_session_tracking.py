"""The review of a session's trials, and their corrections by hand."""

import pytest
from django.urls import reverse

from labeling.domain.assignments.select_and_assign import select_and_assign
from labeling.domain.recordings.in_range import block_frames_in_range
from labeling.domain.recordings.sessions import import_session
from labeling.domain.subsets.by_model import ModelSelection
from labeling.domain.tracking.plan import TrackingRequest
from labeling.domain.tracking.run import track_videos
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.errors import LabelingError
from labeling.pages.touch_table import touch_table
from tests.factories import make_session, make_subset, make_user, make_version
from tests.factories_videos import spots, write_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(data_root):
    """Three tracked trials; in the third the spot is elsewhere."""
    (data_root / "v").mkdir()
    for number in (1, 2, 3):
        frames = spots(24, shape=(128, 160))[0]
        if number == 3:
            frames = [frame[::-1].copy() for frame in frames]
        write_video(data_root / "v" / f"m-{number}.mp4", frames)
    request = TrackingRequest(
        folder="v", out="m.h5", x=25, y=35, frame=0, template_px=15, crop_px=9,
        numbers={"m-1.mp4": 4}, pole_times={"2": [3, 9]},
    )  # fmt: skip
    return track_videos(user=None, request=request).session


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def review(client, session):
    return client.get(reverse("session-tracking", args=[session.pk]))


def correct(client, session, number, **fields):
    page = reverse("session-trial", args=[session.pk, number])
    return client.post(page, fields)


def test_the_review_shows_traces_crops_and_odd_trials(admin, session):
    page = review(admin, session)
    crops = admin.get(reverse("session-crops", args=[session.pk, 2]))

    odd = {row.trial.number: row.warnings for row in page.context["review"].rows}
    assert (odd[4], odd[2]) == ((), ())
    assert any("px from its position in others" in warning for warning in odd[3])
    assert page.content.count(b"<polyline") == 4
    assert page.context["review"].quality.seen == 1.0
    assert b"median match" in page.content
    assert crops.content.startswith(b"\x89PNG")


def test_a_file_that_was_not_tracked_here_is_reviewed_without_traces(admin, real_file):
    page = review(admin, import_session(user=None, file=real_file))

    assert page.status_code == 200
    assert b"was not tracked here" in page.content


def test_pole_times_by_hand_hold_until_they_are_removed(admin, session):
    clips = make_subset(session, start=2, stop=20).clips
    clip = clips.get(trial__number=2)
    from_file = block_frames_in_range(clip)

    corrected = correct(admin, session, 2, pole_up="5", pole_down="15.5")
    clip.trial.refresh_from_db()
    by_hand = block_frames_in_range(clip)
    correct(admin, session, 2)
    clip.trial.refresh_from_db()

    assert corrected.status_code == 302
    assert (from_file, by_hand, block_frames_in_range(clip)) == (
        [(3, 9)],
        [(5, 16)],
        [(3, 9)],
    )


@pytest.mark.parametrize(
    ("correction", "sentence"),
    [
        ({"pole_up": "5"}, b"Only one of the two frames is set"),
        ({"pole_up": "9", "pole_down": "5"}, b"Frames 9 to 5 are not a range"),
        ({"pole_up": "5", "pole_down": "25"}, b"Frames 5 to 25 are not a range"),
        (
            {"pole_up": "nan", "pole_down": "5"},
            b"Enter frame numbers, and a reason of at most 300",
        ),
        (
            {"excluded_because": "x" * 301},
            b"Enter frame numbers, and a reason of at most 300",
        ),
    ],
)
def test_an_impossible_correction_is_refused_and_not_saved(
    admin, session, correction, sentence
):
    response = correct(admin, session, 2, **correction)

    trial = session.trials.get(number=2)
    assert response.status_code == 422
    assert response.content.count(b'role="alert"') == 1
    assert sentence in response.content
    assert (trial.pole_up, trial.pole_down, trial.excluded_because) == (None, None, "")


def test_an_excluded_trial_has_no_clips_and_no_touches(admin):
    session, version = make_session(n_frames=[100, 100]), make_version()
    for trial in session.trials.all():
        save_scores(trial=trial, version=version, scores=[0.0] * 50 + [1.0] * 50)
    publish_version(session=session, version=version)
    trial = session.trials.get(number=1)
    trial.excluded_because = "the mouse slept"
    trial.save(update_fields=["excluded_because"])

    selection = ModelSelection(
        sessions=[session], n_clips=100, clip_frames=10, random_share=0.5, seed=0
    )
    subset, _ = select_and_assign(user=None, name="selected", selection=selection)

    session.refresh_from_db()
    assert set(subset.clips.values_list("trial__number", flat=True)) == {2}
    assert {row[1] for row in touch_table(session, all_frames=True).rows} == {2}
    listed = admin.get(reverse("session-detail", args=[session.pk]))
    assert b"the mouse slept" in listed.content


def test_a_session_whose_trials_are_all_excluded_has_no_clips(admin):
    session = make_session()
    session.trials.update(excluded_because="no pole")

    selection = ModelSelection(
        sessions=[session], n_clips=1, clip_frames=10, random_share=0.0
    )
    with pytest.raises(LabelingError):
        select_and_assign(user=None, name="selected", selection=selection)


def test_tracking_again_begins_with_the_fields_of_the_last_request(admin, session):
    page = admin.get(reverse("session-tracking-new"), {"session": session.pk})

    initial = page.context["form"].initial
    assert (initial["x"], initial["y"], initial["template_px"]) == (25, 35, 15)
    assert (initial["out"], initial["session_name"]) == ("m-again.h5", "m again")
    assert initial["numbers"] == "m-1.mp4 = 4"
    assert page.context["videos"].error == ""


def test_only_an_admin_corrects_and_annotators_see_no_review(client, session):
    client.force_login(make_user("vera", "viewer"))
    seen, refused = review(client, session), correct(client, session, 2)
    client.force_login(make_user("alice"))
    hidden = review(client, session), correct(client, session, 2)
    crops = client.get(reverse("session-crops", args=[session.pk, 2]))

    assert (seen.status_code, refused.status_code) == (200, 403)
    assert [answer.status_code for answer in (*hidden, crops)] == [404, 404, 404]
