"""Subsets are made whole, and their frames get rows."""

import pytest

from labeling.domain.subsets import ClipDraft, create_subset
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import Frame, Subset, Trial
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db


def draft(trial, start, stop):
    return ClipDraft(trial=trial, start=start, stop=stop, reason="random")


def test_each_chosen_frame_gets_one_row_however_often_it_is_chosen():
    trial = make_session(n_frames=[100]).trials.get()

    create_subset(user=None, name="one", clips=[draft(trial, 10, 20)])
    create_subset(user=None, name="two", clips=[draft(trial, 15, 25)])

    assert list(Frame.objects.values_list("index", flat=True)) == list(range(10, 25))


def test_clips_that_overlap_are_refused_and_nothing_is_written():
    trial = make_session(n_frames=[100]).trials.get()

    with pytest.raises(LabelingError, match=r"found \[10, 20\) and \[19, 30\)"):
        create_subset(
            user=None, name="s", clips=[draft(trial, 19, 30), draft(trial, 10, 20)]
        )

    assert (Subset.objects.count(), Frame.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["", "  ", "taken"])
def test_a_name_that_is_empty_or_taken_is_refused(name):
    trial = make_session(n_frames=[100]).trials.get()
    create_subset(user=None, name="taken", clips=[draft(trial, 0, 5)])

    with pytest.raises(LabelingError, match="Expected a new name"):
        create_subset(user=None, name=name, clips=[draft(trial, 10, 15)])


def test_only_an_admin_makes_subsets():
    with pytest.raises(NotAllowedError):
        create_subset(user=make_user(), name="s", clips=[])


def test_chosen_trials_draw_their_roles():
    session = make_session(n_frames=[100] * 5)
    chosen = list(session.trials.all()[:3])

    create_subset(user=None, name="s", clips=[draft(trial, 0, 5) for trial in chosen])

    drawn = Trial.objects.exclude(role="")
    assert list(drawn) == chosen
    assert sorted(drawn.values_list("role", flat=True)) == [
        "held_out", "train", "train",
    ]  # fmt: skip
