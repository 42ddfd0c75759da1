"""Sessions come in whole or not at all, and show to whom they may."""

import h5py
import numpy as np
import pytest

from labeling.domain.assignments import assign_subset
from labeling.domain.sessions import import_session, session_for, sessions_for
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Session, Trial
from tests.factories import make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


def test_a_file_that_whacc_wrote_becomes_a_session(real_file):
    session = import_session(user=None, file=real_file, rig="rig 2")

    trials = session.trials.values_list("number", "video_name", "first_row", "n_frames")
    assert (session.name, session.file, session.rig) == ("real", "real.h5", "rig 2")
    assert (session.height_px, session.width_px, session.rate_hz) == (61, 61, 1000.0)
    assert list(trials) == [
        (9, "AH0407x160609-9.mp4", 0, 40),
        (12, "AH0407x160609-12.mp4", 40, 40),
        (101, "AH0407x160609-101.mp4", 80, 40),
    ]


def damage_missing(path):
    with h5py.File(path, "r+") as file:
        del file["frame_nums"]


def damage_lengths(path):
    with h5py.File(path, "r+") as file:
        file["frame_nums"][0] = 41


def damage_type(path):
    with h5py.File(path, "r+") as file:
        images = file["images"][()].astype(np.float32)
        del file["images"]
        file["images"] = images


def damage_truncated(path):
    path.write_bytes(path.read_bytes()[:100_000])


def damage_text(path):
    path.write_text("no HDF5 at all")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (damage_missing, "frame_nums is missing"),
        (damage_lengths, "frame"),
        (damage_type, "uint8"),
        (damage_truncated, "Expected"),
        (damage_text, "Expected"),
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence_and_nothing_is_written(
    real_file, data_root, damage, says
):
    damage(data_root / real_file)

    with pytest.raises(LabelingError, match=says) as refusal:
        import_session(user=None, file=real_file)

    assert "\n" not in str(refusal.value)
    assert (Session.objects.count(), Trial.objects.count()) == (0, 0)


@pytest.mark.parametrize("file", ["../outside.h5", "/etc/passwd", "link.h5"])
def test_a_file_outside_the_data_root_is_refused(data_root, file):
    outside = data_root.parent / "outside.h5"
    outside.write_bytes(b"")
    (data_root / "link.h5").symlink_to(outside)

    with pytest.raises(LabelingError, match="leads out of"):
        import_session(user=None, file=file)


def test_a_missing_file_is_refused(data_root):
    with pytest.raises(LabelingError, match=r"Expected a session file at 'nope\.h5'"):
        import_session(user=None, file="nope.h5")


def test_a_name_that_is_taken_is_refused(real_file):
    make_session("real")

    with pytest.raises(LabelingError, match="'real' exists already"):
        import_session(user=None, file=real_file)

    assert Trial.objects.count() == 2


def test_only_an_admin_imports(real_file):
    with pytest.raises(NotAllowedError):
        import_session(user=make_user(), file=real_file)


def test_annotators_see_the_sessions_of_their_clips_alone():
    alice, carol = make_user("alice"), make_user("carol")
    session = make_session("shown")
    make_session("hidden")
    assign_subset(user=None, subset=make_subset(session), annotators=[alice])

    assert list(sessions_for(alice)) == [session]
    assert list(sessions_for(carol)) == []
    with pytest.raises(NotFoundError):
        session_for(carol, session.pk)


@pytest.mark.parametrize("role", ["admin", "adjudicator", "viewer"])
def test_admins_adjudicators_and_viewers_see_every_session(role):
    make_session("one")
    make_session("two")

    assert sessions_for(make_user("dana", role)).count() == 2
