"""The commands and their output."""

from io import StringIO

import h5py
import numpy as np
import pytest
from django.core.management import call_command

from labeling.errors import LabelingError
from labeling.management.lab_command import file_below_data_root, sessions_named
from labeling.models import Assignment, Clip, Session, Subset
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_import_session_prints_what_it_imported(real_file, data_root):
    output = run(
        "import_session", str(data_root / real_file), "--rig", "2", "--name", "monday"
    )

    assert output == (
        "Imported session monday: 3 trials, 120 frames of 61x61.\n"
    )  # fmt: skip
    assert Session.objects.get().rig == "2"


def test_import_session_of_a_broken_file_ends_with_a_message(
    real_file, data_root, capsys
):
    from labeling.management.commands.import_session import Command

    (data_root / real_file).write_text("no HDF5 at all")

    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "import_session", real_file])

    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("real.h5 is not an HDF5 file, or ")


def test_select_subset_assigns_its_clips_to_the_annotators():
    make_session("monday", n_frames=[200, 200])
    make_user("alice")

    output = run(
        "select_subset", "first", "monday", "--clips", "3", "--frames", "40",
        "--annotators", "alice",
    )  # fmt: skip

    assert output.endswith(
        "Created subset first: 3 clips.\n"
        "Clips assigned: 3 to alice. The subset is frozen.\n"
    )
    assert Clip.objects.count() == Assignment.objects.count() == 3
    assert Subset.objects.get().frozen_at is not None


def test_select_subset_without_annotators_leaves_a_draft():
    make_session("monday", n_frames=[200, 200])

    output = run("select_subset", "first", "monday", "--clips", "3", "--frames", "40")

    assert (
        "The subset is a draft. Change, freeze or assign its clips on its page."
        in output
    )
    assert Subset.objects.get().frozen_at is None
    assert Assignment.objects.count() == 0


def test_select_subset_shares_clips_out_among_annotators():
    make_session("monday", n_frames=[200] * 6)
    for name in ("ada", "ben", "cleo"):
        make_user(name)

    output = run(
        "select_subset", "first", "monday", "--clips", "6", "--frames", "40",
        "--annotators", "ada", "ben", "cleo", "--each-to", "2", "--again", "0.5",
        "--sees-scores", "--seed", "3",
    )  # fmt: skip

    assert "Clips assigned: 6 to ada, 6 to ben, 6 to cleo." in output
    first = Assignment.objects.filter(pass_number=1, sees_scores=True)
    assert all(first.filter(clip=clip).count() == 2 for clip in Clip.objects.all())
    assert Assignment.objects.filter(pass_number=2).count() == 6


def test_select_subset_creates_nothing_that_it_cannot_assign():
    make_session("monday", n_frames=[200, 200])
    make_user("ada")

    with pytest.raises(LabelingError, match="cannot go to 2 of 1 annotators"):
        run("select_subset", "first", "monday", "--annotators", "ada", "--each-to", "2")

    assert Subset.objects.count() == 0


def test_an_unknown_name_is_refused_with_the_existing_names():
    make_session("monday")

    with pytest.raises(
        LabelingError, match=r"no session 'tue'. Choose one of \['monday'\]"
    ):
        sessions_named(["tue"])


def test_select_subset_refuses_unknown_annotators():
    make_session("monday")

    with pytest.raises(LabelingError, match=r"no active accounts \['zoe'\]"):
        run("select_subset", "first", "monday", "--annotators", "zoe")


def test_a_path_below_the_data_root_is_made_relative_to_it(data_root):
    (data_root / "a").mkdir()
    (data_root / "a" / "one.h5").touch()

    assert file_below_data_root(str(data_root / "a" / "one.h5")) == "a/one.h5"
    assert file_below_data_root("a/one.h5") == "a/one.h5"


def test_import_labels_prints_a_preview_and_takes_the_labels(data_root):
    with h5py.File(data_root / "early.h5", "w") as file:
        file["images"] = np.zeros((20, 3, 3), np.uint8)
        file["labels"] = [1.0] * 4 + [0.0] * 16
        file["trial_nums_and_frame_nums"] = [[176, 189], [10, 10]]
    run("import_session", "early.h5")
    make_user("hires")

    preview = run("import_labels", "early", "hires", "--dry-run")
    n_subsets = Subset.objects.count()
    taken = run("import_labels", "early", "hires", "--trials", "176")

    table = (
        "   trial   frames  labelled  touches\n     176       10        10        1\n"
    )
    assert preview == table + "     189       10        10        0\n"
    assert n_subsets == 0
    assert taken == (
        f"{table}10 labels of hires are in subset early, labels of hires.\n"
    )
    with pytest.raises(LabelingError, match="There is no annotator 'nemo'"):
        run("import_labels", "early", "nemo")
