"""Selection by a model: the most useful clips, and none twice."""

from itertools import pairwise

import numpy as np
import pytest

from labeling.domain.assignments.assigning import AssignmentRequest
from labeling.domain.assignments.labelling import assignments_for, next_assignment
from labeling.domain.assignments.select_and_assign import select_and_assign
from labeling.domain.subsets.by_model import ModelSelection
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.errors import LabelingError
from labeling.models import Assignment, Clip, Subset
from tests.factories import label, make_session, make_user, make_version

pytestmark = pytest.mark.django_db


def select(*sessions, name="selected", request=None, **over):
    usual = {"n_clips": 4, "clip_frames": 20, "random_share": 0.0, "seed": 0}
    selection = ModelSelection(sessions=sessions, **{**usual, **over})
    return select_and_assign(
        user=None, name=name, selection=selection, request=request
    )[0]


def clips_of(subset):
    return list(subset.clips.values_list("trial__number", "start", "stop", "reason"))


def test_without_scores_all_clips_are_random():
    session = make_session(n_frames=[100] * 3)

    subset = select(session)

    assert [reason for *_, reason in clips_of(subset)] == ["random"] * 4


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


def test_whole_trials_can_be_selected():
    session = make_session(n_frames=[100, 80])

    subset = select(session, n_clips=2, clip_frames=None)

    assert [(n, a, b) for n, a, b, _ in clips_of(subset)] == [(1, 0, 100), (2, 0, 80)]


def test_a_share_above_one_is_refused():
    with pytest.raises(LabelingError, match="random share"):
        select(make_session(), random_share=1.5)

    assert Clip.objects.count() == 0


def test_a_later_subset_selects_other_frames():
    session = make_session(n_frames=[100, 100])

    one = select(session, name="one", n_clips=5, seed=1)
    two = select(session, name="two", n_clips=5, seed=1)

    chosen = [(n, range(a, b)) for s in (one, two) for n, a, b, _ in clips_of(s)]
    frames = [(n, frame) for n, span in chosen for frame in span]
    assert len(clips_of(one)) == len(clips_of(two)) == 5
    assert len(set(frames)) == len(frames) == 200


def test_a_selection_is_refused_if_every_frame_is_in_an_earlier_subset():
    session = make_session(n_frames=[20, 20])
    select(session, name="one", n_clips=2)

    with pytest.raises(
        LabelingError, match="Every clip of this length in session overlaps"
    ):
        select(session, name="two", n_clips=2)


def test_the_drawn_seed_is_stored_with_the_subset_and_draws_the_same_again():
    usual = {"n_clips": 4, "clip_frames": 20, "random_share": 0.0}
    drawn = ModelSelection(sessions=[make_session("one", n_frames=[500])], **usual)
    one, _ = select_and_assign(user=None, name="one", selection=drawn)
    session = make_session("two", n_frames=[500])

    again = select(session, name="two", seed=one.seed)

    assert one.seed == drawn.seed
    assert clips_of(again) == clips_of(one)


def test_selecting_and_assigning_happen_together_or_not_at_all():
    viewer = make_user("vera", "viewer")

    with pytest.raises(LabelingError, match="vera may not label"):
        select(make_session(), request=AssignmentRequest(annotators=[viewer]))

    assert (Subset.objects.count(), Assignment.objects.count()) == (0, 0)


def test_clips_are_in_the_order_of_the_trials_for_any_scores():
    session, version = make_session(n_frames=[200] * 6), make_version()
    for rank, trial in enumerate(session.trials.all()):
        # The later the trial, the less sure the model: chosen in the reverse order.
        scores = np.full(trial.n_frames, 0.05 * rank, np.float32)
        scores[50:60] = 0.2 + 0.05 * rank
        save_scores(trial=trial, version=version, scores=scores)
    publish_version(session=session, version=version)
    alice = make_user()
    select(
        session, n_clips=12, random_share=0.5, seed=5,
        request=AssignmentRequest(annotators=[alice]),
    )  # fmt: skip

    assigned = list(assignments_for(alice))
    positions = [(each.clip.trial.first_row, each.clip.start) for each in assigned]
    pks = [each.pk for each in assigned]
    assert len(assigned) == 12
    assert {each.clip.reason for each in assigned} == {"random", "uncertain"}
    assert positions == sorted(positions)
    assert pks == sorted(pks)
    for here, there in pairwise(assigned):
        label(here, (here.clip.start, here.clip.stop, 0))
        assert next_assignment(here) == there
    assert Clip.objects.count() == 12
