"""Sessions: imported completely or not at all, and shown to users who may see them."""

import os
import re
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.recordings.session_files import importable_files, opened_session
from labeling.domain.recordings.sessions import (
    SessionDetails,
    import_session,
    session_for,
    sessions_for,
)
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Session, Trial
from tests.factories import make_session, make_subset, make_user

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[3] / "data"


def test_a_file_that_whacc_wrote_becomes_a_session(real_file):
    session = import_session(
        user=None, file=real_file, details=SessionDetails(rig="rig 2")
    )

    trials = session.trials.values_list("number", "video_name", "first_row", "n_frames")
    assert (session.name, session.file, session.rig) == ("real", "real.h5", "rig 2")
    assert (session.height_px, session.width_px, session.rate_hz) == (61, 61, 1000.0)
    assert not session.is_simulated
    assert list(trials) == [
        (9, "AH0407x160609-9.mp4", 0, 40),
        (12, "AH0407x160609-12.mp4", 40, 40),
        (101, "AH0407x160609-101.mp4", 80, 40),
    ]


def test_a_file_of_the_simulator_becomes_a_simulated_session(rig_session, client):
    rig_session.refresh_from_db()
    assert rig_session.is_simulated
    client.force_login(make_user("dana", "admin"))

    page = client.get(f"/sessions/{rig_session.pk}/").content.decode()

    assert "simulated, not a real recording" in page


@pytest.mark.parametrize(
    "file", ["whacc_3lag.h5", "whacc_final_part.h5", "whacc_final_combined.h5"]
)
def test_files_of_later_stages_of_whacc_become_sessions(data_root, file):
    shutil.copy(DATA / file, data_root)
    before = (data_root / file).read_bytes()

    session = import_session(user=None, file=file)

    trials = session.trials.values_list("number", "video_name", "first_row", "n_frames")
    assert (session.height_px, session.width_px) == (61, 61)
    assert list(trials) == [
        (9, "AH0407x160609-9.mp4", 0, 8),
        (12, "AH0407x160609-12.mp4", 8, 8),
    ]
    assert (data_root / file).read_bytes() == before


def damage_missing(path):
    with h5py.File(path, "r+") as file:
        del file["trial_nums_and_frame_nums"]


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
    ("damage", "message"),
    [
        (damage_missing, "trial_nums_and_frame_nums is missing"),
        (damage_lengths, "frame"),
        (damage_type, "uint8"),
        (damage_truncated, "is incomplete"),
        (damage_text, "is not an HDF5 file"),
    ],
)
def test_a_damaged_file_is_refused_and_nothing_is_written(
    real_file, data_root, damage, message
):
    damage(data_root / real_file)

    with pytest.raises(LabelingError, match=message) as refusal:
        import_session(user=None, file=real_file)

    assert "\n" not in str(refusal.value)
    assert (Session.objects.count(), Trial.objects.count()) == (0, 0)


@pytest.mark.parametrize("file", ["../outside.h5", "/etc/passwd", "link.h5"])
def test_a_file_outside_the_data_root_is_refused(data_root, file):
    outside = data_root.parent / "outside.h5"
    outside.write_bytes(b"")
    (data_root / "link.h5").symlink_to(outside)

    with pytest.raises(LabelingError, match="is outside the data root"):
        import_session(user=None, file=file)


def test_a_missing_file_is_refused(data_root):
    with pytest.raises(LabelingError, match=r"no session file 'nope\.h5'"):
        import_session(user=None, file="nope.h5")


def test_a_taken_name_is_refused(real_file):
    make_session("real", file="elsewhere.h5")

    with pytest.raises(LabelingError, match="already a session 'real'"):
        import_session(user=None, file=real_file)

    assert Trial.objects.count() == 2


def test_a_file_is_imported_once_under_any_name(real_file, data_root):
    import_session(user=None, file=real_file)
    shutil.copy(data_root / real_file, data_root / "copy.h5")

    with pytest.raises(LabelingError, match=r"'real\.h5' is already imported"):
        import_session(user=None, file=real_file, details=SessionDetails(name="again"))
    with pytest.raises(LabelingError, match=r"is a copy: .* of session real"):
        import_session(user=None, file="copy.h5")

    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    "details",
    [
        {"rate_hz": 0},
        {"rate_hz": float("inf")},
        {"rate_hz": float("nan")},
        {"scale_px_per_mm": -1.0},
        {"scale_px_per_mm": float("nan")},
        {"name": "n" * 201},
    ],
)
def test_invalid_details_are_refused(real_file, details):
    with pytest.raises(LabelingError, match="cannot be imported"):
        import_session(user=None, file=real_file, details=SessionDetails(**details))

    assert Session.objects.count() == 0


def damage_number(file):
    file["trial_nums_and_frame_nums"][0, 0] = -3


def damage_big_number(file):
    file["trial_nums_and_frame_nums"][0, 0] = 2**40


def damage_long_name(file):
    file["full_file_names"][0] = b"n" * 301


def damage_name(file):
    file["full_file_names"][0] = b"one\ntwo"


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (damage_number, "real trial -3 cannot be imported: number: Ensure this "),
        (damage_big_number, f"real trial {2**40} cannot be imported: number: Ensure "),
        (damage_long_name, "real trial 9 cannot be imported: video name: Ensure this "),
        (
            damage_name,
            r"The video name 'one\ntwo' has characters that cannot be ",
        ),
    ],
)
def test_trials_that_cannot_be_recorded_are_refused(
    real_file, data_root, damage, sentence
):
    with h5py.File(data_root / real_file, "r+") as file:
        damage(file)

    with pytest.raises(LabelingError, match=f"^{re.escape(sentence)}"):
        import_session(user=None, file=real_file)

    assert Session.objects.count() == 0


def test_a_file_that_changed_after_its_import_is_refused(real_file, data_root):
    session = import_session(user=None, file=real_file)
    with opened_session(session) as source:
        assert source.n_frames == 120
    with h5py.File(data_root / real_file, "r+") as file:
        file["images"][:] = 255 - file["images"][:]

    with (
        pytest.raises(LabelingError, match="has other frames than session real"),
        opened_session(session),
    ):
        pytest.fail("the changed file was opened")


def test_other_datasets_of_a_file_may_change(real_file, data_root):
    session = import_session(user=None, file=real_file)
    with h5py.File(data_root / real_file, "r+") as file:
        file["labels"][:] = 1

    with opened_session(session) as source:
        assert source.frames(0, 2).shape == (2, 61, 61)


def test_files_that_are_not_imported_are_listed(real_file, data_root):
    shutil.copy(data_root / real_file, data_root / "other.h5")
    (data_root / os.fsdecode(b"m\xfcller.h5")).touch()
    (data_root.parent / "outside.h5").touch()
    (data_root / "link.h5").symlink_to(data_root.parent / "outside.h5")
    import_session(user=None, file=real_file)

    admin = make_user("admin", "admin")
    assert importable_files(admin) == ["other.h5"]


def test_only_an_admin_imports(real_file):
    with pytest.raises(NotAllowedError):
        import_session(user=make_user(), file=real_file)


def test_annotators_see_only_the_sessions_of_their_clips():
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
