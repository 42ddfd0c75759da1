"""Subsets: created completely, with a row for each frame, and changed until frozen."""

import pytest
from django.db import IntegrityError, transaction

from labeling.domain.subsets.curation import (
    ClipDraft,
    add_clips,
    create_subset,
    freeze_subset,
    remove_clip,
)
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import Clip, Frame, Subset, Trial
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db


def draft(trial, start, stop):
    return ClipDraft(trial=trial, start=start, stop=stop, reason="random")


def test_each_frame_gets_one_row_however_many_clips_hold_it():
    trial = make_session(n_frames=[100]).trials.get()

    create_subset(user=None, name="one", clips=[draft(trial, 10, 20)])
    create_subset(user=None, name="two", clips=[draft(trial, 15, 25)])

    assert list(Frame.objects.values_list("index", flat=True)) == list(range(10, 25))


def test_overlapping_clips_are_refused_and_nothing_is_written():
    trial = make_session(n_frames=[100]).trials.get()

    with pytest.raises(LabelingError, match=r"\[10, 20\) and \[19, 30\) of .* overlap"):
        create_subset(
            user=None, name="s", clips=[draft(trial, 19, 30), draft(trial, 10, 20)]
        )

    assert (Subset.objects.count(), Frame.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["", "  ", "taken"])
def test_an_empty_or_taken_name_is_refused(name):
    trial = make_session(n_frames=[100]).trials.get()
    create_subset(user=None, name="taken", clips=[draft(trial, 0, 5)])

    with pytest.raises(LabelingError, match="is taken, empty or longer"):
        create_subset(user=None, name=name, clips=[draft(trial, 10, 15)])


def test_only_an_admin_creates_subsets():
    with pytest.raises(NotAllowedError):
        create_subset(user=make_user(), name="s", clips=[])


def test_trials_of_a_subset_draw_their_roles():
    session = make_session(n_frames=[100] * 5)
    chosen = list(session.trials.all()[:3])

    create_subset(user=None, name="s", clips=[draft(trial, 0, 5) for trial in chosen])

    drawn = Trial.objects.exclude(role="")
    assert list(drawn) == chosen
    assert sorted(drawn.values_list("role", flat=True)) == [
        "held_out", "train", "train",
    ]  # fmt: skip


@pytest.fixture
def trial():
    return make_session(n_frames=[100]).trials.get()


@pytest.fixture
def subset(trial):
    return create_subset(user=None, name="s", clips=[draft(trial, 10, 20)])


def frames_of(trial):
    return list(trial.frames.values_list("index", flat=True))


def test_clips_are_added_until_the_subset_is_frozen(trial, subset):
    add_clips(user=None, subset=subset, clips=[draft(trial, 30, 35)])
    freeze_subset(user=None, subset=subset)

    with pytest.raises(LabelingError, match="is frozen since"):
        add_clips(user=None, subset=subset, clips=[draft(trial, 50, 55)])

    assert frames_of(trial) == [*range(10, 20), *range(30, 35)]


def test_an_added_clip_must_not_overlap_another_clip(trial, subset):
    with pytest.raises(LabelingError, match="Select clips without"):
        add_clips(user=None, subset=subset, clips=[draft(trial, 19, 35)])


def test_a_removed_clip_leaves_only_frames_of_other_clips(trial, subset):
    create_subset(user=None, name="other", clips=[draft(trial, 15, 25)])

    remove_clip(user=None, subset=subset, pk=subset.clips.get().pk)

    assert frames_of(trial) == list(range(15, 25))


def test_the_database_protects_the_clips_of_a_frozen_subset(trial, subset):
    subset = freeze_subset(user=None, subset=subset)
    clip = subset.clips.get()

    for change in (
        clip.delete,
        lambda: Clip.objects.create(subset=subset, trial=trial, start=1, stop=2),
        lambda: Subset.objects.filter(pk=subset.pk).update(frozen_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_subset_without_clips_cannot_be_frozen(trial, subset):
    remove_clip(user=None, subset=subset, pk=subset.clips.get().pk)

    with pytest.raises(LabelingError, match="has no clips, so it cannot be frozen"):
        freeze_subset(user=None, subset=subset)


@pytest.mark.parametrize("act", [freeze_subset, add_clips, remove_clip])
def test_only_an_admin_changes_a_subset(subset, act):
    more = {add_clips: {"clips": []}, remove_clip: {"pk": 1}}.get(act, {})

    with pytest.raises(NotAllowedError):
        act(user=make_user(role="adjudicator"), subset=subset, **more)
