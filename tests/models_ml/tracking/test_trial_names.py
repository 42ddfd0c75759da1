from pathlib import Path

import pytest

from models_ml.tracking.exceptions import TrialNamesError
from models_ml.tracking.trial_names import (
    natural_key,
    session_name,
    trial_number,
    trials_of,
    videos_in,
)


@pytest.mark.parametrize(
    ("name", "number", "session"),
    [
        ("AH0407x160609-144.mp4", 144, "AH0407x160609"),
        ("ses_12.mp4", 12, "ses"),
        ("AH_1-2_x9.mp4", 9, "AH_1-2_x"),
        ("video012.MP4", 12, "video"),
        ("7.mp4", 7, "7"),
        ("no number.mp4", None, "no number"),
        ("a-12345678901.mp4", None, "a"),
    ],
)
def test_trial_number_and_session_are_read_from_names(name, number, session):
    assert trial_number(name) == number
    assert session_name(name) == session


def test_natural_order_compares_numbers():
    names = ["a-101.mp4", "a-9.mp4", "b-1.mp4", "a-12.mp4", "a.mp4"]

    assert sorted(names, key=natural_key) == [
        "a-9.mp4",
        "a-12.mp4",
        "a-101.mp4",
        "a.mp4",
        "b-1.mp4",
    ]


def test_natural_order_accepts_every_kind_of_digit():
    # Superscripts and circled digits are not decimal digits: they are sorted as text.
    names = ["m-²", "²", "m-٣", "m-12", "①.mp4", "m-2"]

    assert sorted(names, key=natural_key) == [
        "m-2",
        "m-٣",
        "m-12",
        "m-²",
        "²",
        "①.mp4",
    ]


def test_ten_thousand_videos_are_sorted(tmp_path):
    for number in range(10_000):
        (tmp_path / f"m-{number}.mp4").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".hidden-1.mp4").touch()

    trials = trials_of(videos_in(tmp_path), numbers={})

    assert [trial.number for trial in trials] == list(range(10_000))


def paths(*names):
    return [Path("folder") / name for name in names]


def test_explicit_numbers_replace_those_in_names():
    trials = trials_of(
        paths("a-1.mp4", "b-1.mp4", "c.mp4", "d.mp4"),
        numbers={"b-1.mp4": 2, "c.mp4": 3},
        left_out={"d.mp4"},
    )

    assert [trial.number for trial in trials] == [1, 2, 3]


@pytest.mark.parametrize(
    ("names", "numbers", "left_out", "sentence"),
    [
        ([], {}, (), "no videos to track"),
        (["a.mp4"], {}, ["a.mp4"], "no videos to track"),
        (
            ["a.mp4", "b-1.mp4"],
            {},
            (),
            "a.mp4 has no trial number of at most nine digits",
        ),
        (list("abcde"), {}, (), "a, b, c and 2 more have no trial number"),
        (
            ["a-1.mp4", "b-01.mp4"],
            {},
            (),
            r"a-1.mp4, b-01.mp4 have the same trial number 1\.",
        ),
        (["a-1.mp4"], {"b.mp4": 2}, (), "b.mp4 is not among the 1 videos"),
        (["a-1.mp4"], {}, ["c.mp4"], "c.mp4 is not among the 1 videos"),
    ],
)
def test_invalid_names_and_numbers_are_refused(names, numbers, left_out, sentence):
    with pytest.raises(TrialNamesError, match=sentence):
        trials_of(paths(*names), numbers=numbers, left_out=left_out)
