"""The commands, as somebody types them."""

from io import StringIO

import pytest
from django.core.management import call_command

from labeling.errors import LabelingError
from labeling.management.lab_command import file_below_data_root, sessions_named
from labeling.models import Assignment, Clip, Session
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_import_session_says_what_came_in(real_file, data_root):
    said = run(
        "import_session", str(data_root / real_file), "--rig", "2", "--name", "monday"
    )

    assert said == (
        "Imported session monday: 3 trials, 120 frames of 61x61.\n"
    )  # fmt: skip
    assert Session.objects.get().rig == "2"


def test_import_session_of_a_broken_file_ends_with_its_sentence(
    real_file, data_root, capsys
):
    from labeling.management.commands.import_session import Command

    (data_root / real_file).write_text("no HDF5 at all")

    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "import_session", real_file])

    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("Expected an HDF5 file")


def test_select_subset_gives_its_clips_to_the_annotators():
    make_session("monday", n_frames=[200, 200])
    make_user("alice")

    said = run(
        "select_subset", "first", "monday", "--clips", "3", "--frames", "40",
        "--annotators", "alice",
    )  # fmt: skip

    assert "Made subset first: 3 clips, labelled by alice." in said
    assert Clip.objects.count() == Assignment.objects.count() == 3


def test_a_name_that_nobody_knows_is_answered_with_those_that_exist():
    make_session("monday")

    with pytest.raises(LabelingError, match=r"a session of \['monday'\], found 'tue'"):
        sessions_named(["tue"])


def test_select_subset_refuses_annotators_that_nobody_knows():
    make_session("monday")

    with pytest.raises(LabelingError, match=r"found \['zoe'\]"):
        run("select_subset", "first", "monday", "--annotators", "zoe")


def test_a_path_below_the_data_root_is_made_relative_to_it(data_root):
    (data_root / "a").mkdir()
    (data_root / "a" / "one.h5").touch()

    assert file_below_data_root(str(data_root / "a" / "one.h5")) == "a/one.h5"
    assert file_below_data_root("a/one.h5") == "a/one.h5"
