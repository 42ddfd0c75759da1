"""`manage.py track_videos` and its output."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from labeling.models import Session
from tests.factories_videos import spots, write_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(data_root):
    folder = data_root / "monday"
    folder.mkdir()
    write_video(folder / "m-2.mp4", spots(12)[0])
    write_video(folder / "m-x.mp4", spots(12)[0])
    return folder


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("track_videos", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_check_lists_the_video_of_each_trial(folder):
    out, _ = run(
        folder, "--out", "a.h5", "--template", "25,35", "--check",
        "--trial-number", "m-x.mp4=11",
    )  # fmt: skip

    assert out == "trial 2: m-2.mp4, 12 frames\ntrial 11: m-x.mp4, 12 frames\n"
    assert not Session.objects.exists()


def test_track_videos_creates_a_session(folder, data_root):
    out, err = run(
        "monday", "--out", data_root / "a.h5", "--template", "25,35",
        "--template-frame", 0, "--template-px", 15, "--crop-px", 9,
        "--leave-out", "m-x.mp4", "--session-name", "first", "--rig", "2",
        "--pole-up-down", "2=3-9", "--pole-times", "none",
    )  # fmt: skip

    assert out == "Tracked session first: 1 trials, 12 frames of 9x9.\n"
    assert "not known" not in err
    assert Session.objects.get().rig == "2"


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--template", "25", "'25' is not a position. Write it as 320,240."),
        ("--trial-number", "=3", "'=3' is not VIDEO=NUMBER."),
        (
            "--pole-up-down",
            "2=9",
            "'2=9' is not TRIAL=UP-DOWN. Write it as 12=200-1800.",
        ),
    ],
)
def test_invalid_options_are_refused(folder, option, value, sentence):
    message = f"Error: argument {option}: {sentence}"
    with pytest.raises(CommandError, match=f"^{re.escape(message)}$"):
        run("monday", "--out", "a.h5", "--template", "25,35", option, value)
