"""Subsets are made whole, and their frames get rows."""

import numpy as np
import pytest

from labeling.domain.scores import save_scores
from labeling.domain.subsets import ClipDraft, create_subset, select_subset
from labeling.domain.versions import publish_version
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import Clip, Frame, Subset, Trial
from tests.factories import make_session, make_user, make_version

pytestmark = pytest.mark.django_db


def draft(trial, start, stop):
    return ClipDraft(trial=trial, start=start, stop=stop, reason="random")


def select(*sessions, **over):
    choice = {
        "user": None,
        "name": "chosen",
        "sessions": sessions,
        "n_clips": 4,
        "clip_frames": 20,
        "random_share": 0.0,
        "seed": 0,
    }
    return select_subset(**{**choice, **over})


def clips_of(subset):
    return list(subset.clips.values_list("trial__number", "start", "stop", "reason"))


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


def test_without_scores_all_clips_are_random_and_a_seed_repeats_them():
    session = make_session(n_frames=[100] * 3)

    one = select(session, name="one")
    two = select(session, name="two")

    assert clips_of(one) == clips_of(two)
    assert [reason for *_, reason in clips_of(one)] == ["random"] * 4


def test_the_model_is_least_sure_around_its_own_threshold():
    session = make_session(n_frames=[100, 100])
    version = make_version(threshold=0.8)
    for trial, unsure_at in zip(session.trials.all(), (30, 70), strict=True):
        scores = np.full(100, 0.1, dtype=np.float32)
        scores[unsure_at : unsure_at + 5] = 0.79
        save_scores(trial=trial, version=version, scores=scores)
    publish_version(session=session, version=version)

    subset = select(session, n_clips=2)

    for (_, start, stop, reason), unsure_at in zip(
        clips_of(subset), (30, 70), strict=True
    ):
        assert start <= unsure_at < unsure_at + 5 <= stop
        assert reason == "uncertain"


def test_whole_trials_can_be_chosen():
    session = make_session(n_frames=[100, 80])

    subset = select(session, n_clips=2, clip_frames=None)

    assert [(n, a, b) for n, a, b, _ in clips_of(subset)] == [(1, 0, 100), (2, 0, 80)]


def test_a_number_that_makes_no_sense_is_refused():
    with pytest.raises(LabelingError, match="random share"):
        select(make_session(), random_share=1.5)

    assert Clip.objects.count() == 0
