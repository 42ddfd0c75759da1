"""The full frame around a crop, for its annotator and no other user."""

import io

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.tracking.plan import TrackingRequest
from labeling.domain.tracking.run import track_videos
from models_ml.tracking.videos import decoded_frames
from tests.factories import make_assignment, make_subset, make_user
from tests.factories_videos import spots, write_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(data_root):
    """Alice's clip: frames [15, 20) of a tracked trial of 40."""
    (data_root / "v").mkdir()
    write_video(data_root / "v" / "m-1.mp4", spots(40, shape=(128, 160))[0])
    request = TrackingRequest(
        folder="v", out="m.h5", x=25, y=35, frame=0, template_px=15, crop_px=9
    )
    session = track_videos(user=None, request=request).session
    subset = make_subset(session, start=15, stop=20)
    assign_subset(user=None, subset=subset, annotators=[make_user("alice")])
    return assignments_for(subset.clips.get().assignments.get().annotator).get()


def full_frame(client, assignment, frame):
    return client.get(reverse("assignment-full-frame", args=[assignment.pk, frame]))


def test_the_annotator_sees_the_videos_frame_with_the_crop_framed(
    client, assignment, data_root
):
    client.force_login(assignment.annotator)

    response = full_frame(client, assignment, 16)

    shown = np.asarray(Image.open(io.BytesIO(response.content)))
    grey = list(decoded_frames(data_root / "v" / "m-1.mp4"))[16].grey
    # The spot's corner is at (68, 46) there, the crop's one pixel inside it.
    rows, columns = np.nonzero(shown != grey)
    assert (columns.min(), columns.max()) == (68, 78)
    assert (rows.min(), rows.max()) == (46, 56)
    assert np.array_equal(shown[47:56, 69:78], grey[47:56, 69:78])


@pytest.mark.parametrize("frame", [4, 30, 99])
def test_frames_that_the_page_does_not_show_are_not_sent(client, assignment, frame):
    client.force_login(assignment.annotator)

    assert full_frame(client, assignment, frame).status_code == 404


def test_other_users_do_not_see_the_full_frame(client, assignment):
    client.force_login(make_user("bob"))

    assert full_frame(client, assignment, 16).status_code == 404


def test_a_session_that_was_imported_knows_no_videos(client):
    assignment = make_assignment()
    client.force_login(assignment.annotator)

    state = client.get(reverse("assignment-state", args=[assignment.pk])).json()

    assert state["state"]["full_frame_url"] is None
    assert full_frame(client, assignment, 12).status_code == 404


def test_a_moved_video_is_reported(client, assignment, data_root):
    client.force_login(assignment.annotator)
    (data_root / "v" / "m-1.mp4").rename(data_root / "m-1.mp4")

    response = full_frame(client, assignment, 16)

    assert response.status_code == 400
    assert b"or renamed. Ask an admin to put it back" in response.content
