"""Comparisons of annotators: their content, who sees them, when they expire."""

import json

import numpy as np
import pytest

from labeling.domain.agreement.access import comparable_subset_for
from labeling.domain.agreement.comparison import (
    choice_of,
    compare,
    comparison_key,
    is_quick,
    request_comparison,
    stored_comparison,
    was_trained_on,
)
from labeling.domain.agreement.gathered_labels import gathered_labels
from labeling.domain.agreement.result import unpacked
from labeling.domain.agreement.scope import Scope
from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.recordings.sessions import import_session
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.domain.versions.scores import save_scores
from labeling.errors import NotAllowedError, NotFoundError
from labeling.models import Assignment, Comparison, Job, LabelSnapshot
from models_ml.session_files.writer import SessionArrays, write_session_file
from models_ml.touches.touch_errors import KINDS
from tests.factories import (
    label,
    make_session,
    make_subset,
    make_user,
    make_version,
    noise_frames,
)

pytestmark = pytest.mark.django_db

# Frames [10, 50) of each of two trials, as touches in frames of the trial.
TRUE = [(15, 25), (30, 40)]


@pytest.fixture
def subset():
    return make_subset(make_session(), name="three annotators")


def labelled(subset, username, touches, *, pass_number=1, **policy):
    """Label every clip of a subset as an annotator: these touches, else not touch."""
    from labeling.models import User

    annotator = User.objects.filter(username=username).first() or make_user(username)
    for clip in subset.clips.all():
        assignment = Assignment.objects.create(
            clip=clip, annotator=annotator, pass_number=pass_number, **policy
        )
        label(assignment, (clip.start, clip.stop, 0))
        for run in touches:
            label(assignment, (*run[:2], run[2] if len(run) > 2 else 1))
    return annotator


def scored(subset, touches):
    version = make_version()
    for clip in subset.clips.select_related("trial"):
        scores = np.zeros(clip.trial.n_frames, np.float32)
        for onset, offset in touches:
            scores[onset:offset] = 0.9
        save_scores(trial=clip.trial, version=version, scores=scores)
    return version


def test_annotators_and_model_are_compared_with_each_other(subset):
    ada = labelled(subset, "ada", TRUE)
    ben = labelled(subset, "ben", [(18, 25), (30, 40)])
    cleo = labelled(subset, "cleo", [*TRUE, (44, 46)])
    scored(subset, [(15, 25)])

    result = compare(choice_of(subset)).result

    assert [each["name"] for each in result["annotators"]] == ["ada", "ben", "cleo"]
    late = result["contrasts"][f"a{ada.pk}-a{ben.pk}"]
    assert late["counts"]["deduct"] == 2
    assert late["onset"]["histogram"] == [[0, 2], [3, 2]]
    assert (late["onset"]["median"]["value"], late["onset"]["median"]["n"]) == (1.5, 4)
    others = result["contrasts"][f"o{cleo.pk}-a{cleo.pk}"]
    assert others["rates"]["ghost"]["value"] == 2 / 4
    model = result["contrasts"]["all-m"]
    assert (model["counts"]["miss"], model["counts"]["ghost"]) == (2, 0)
    assert result["group"]["alpha"]["n"] == 80
    assert result["group"]["alpha"]["n_trials"] == 2


def test_the_touches_behind_every_cell_are_stored(subset):
    ada = labelled(subset, "ada", TRUE)
    ben = labelled(subset, "ben", [(15, 25)])

    stored = compare(choice_of(subset))

    first, second = subset.clips.values_list("trial", flat=True)
    errors = unpacked(stored.touches, f"a{ada.pk}-a{ben.pk}/errors")
    miss = KINDS.index("miss")
    assert errors.tolist() == [[first, 30, 40, miss], [second, 30, 40, miss]]
    pairs = unpacked(stored.touches, f"a{ada.pk}-a{ben.pk}/pairs")
    assert pairs.tolist() == [[first, 15, 25, 15, 25], [second, 15, 25, 15, 25]]


def test_a_second_pass_is_compared_only_with_the_first(subset):
    ada = labelled(subset, "ada", TRUE)
    labelled(subset, "ada", [(15, 25)], pass_number=2)

    result = compare(choice_of(subset)).result

    assert result["order"] == [f"a{ada.pk}-s{ada.pk}"]
    assert result["contrasts"][f"a{ada.pk}-s{ada.pk}"]["counts"]["miss"] == 2
    assert (
        result["group"]["alpha"]["why"] == "Agreement needs two raters; there is one."
    )


def test_excluded_frames_are_counted_by_reason(subset):
    labelled(subset, "ada", [(15, 25), (30, 32, 2)])
    ben = make_user("ben")
    clip = subset.clips.first()
    label(Assignment.objects.create(clip=clip, annotator=ben), (10, 20, 0), (20, 30, 1))

    ada, other = compare(choice_of(subset)).result["annotators"]

    assert (ada["excluded"]["n_frames"], ada["excluded"]["n_unsure"]) == (80, 4)
    assert (ada["excluded"]["n_counted"], ada["excluded"]["n_not_labelled"]) == (76, 0)
    assert (other["excluded"]["n_counted"], other["excluded"]["n_not_labelled"]) == (
        20,
        60,
    )


def test_frames_out_of_range_come_from_the_session_file(data_root):
    write_session_file(
        data_root / "pole.h5",
        trials=[(1, "a.mp4"), (2, "b.mp4")],
        frames=[noise_frames(1), noise_frames(2)],
        arrays=SessionArrays(
            pole_times=np.array([[5, np.nan], [30, np.nan]]),
        ),
    )
    session = import_session(user=None, file="pole.h5")
    clips = [
        ClipDraft(trial=session.trials.get(number=1), start=0, stop=10, reason="r"),
        ClipDraft(trial=session.trials.get(number=1), start=20, stop=40, reason="r"),
        ClipDraft(trial=session.trials.get(number=2), start=0, stop=40, reason="r"),
    ]
    subset = create_subset(user=None, name="pole", clips=clips)
    labelled(subset, "ada", [])

    gathered = gathered_labels(Scope(subset), None)

    (excluded,) = gathered.raters.exclusions()
    assert gathered.notes == []
    assert (excluded.n_frames, excluded.n_out_of_reach) == (70, 15)
    assert (excluded.n_counted, excluded.n_not_labelled) == (55, 0)


def test_a_missing_session_file_gives_a_note(subset):
    (note,) = gathered_labels(Scope(subset), None).notes

    assert note.startswith("The pole times of session could not be read")


def test_a_comparison_is_current_until_a_label_changes(subset):
    labelled(subset, "ada", TRUE)
    labelled(subset, "ben", TRUE)
    choice = choice_of(subset)
    first = compare(choice)
    again = compare(choice)

    label(Assignment.objects.first(), (15, 16, 0))

    assert (again.pk, again.made_at) == (first.pk, first.made_at)
    assert stored_comparison(choice).key != comparison_key(choice)
    renewed = compare(choice)
    assert (renewed.pk, renewed.key) == (first.pk, comparison_key(choice))
    assert renewed.result != first.result
    assert Comparison.objects.count() == 1


def test_each_consensus_and_version_is_stored_separately(subset):
    labelled(subset, "ada", TRUE)
    labelled(subset, "ben", [(15, 25)])
    cleo = labelled(subset, "cleo", [(15, 25)])
    compare(choice_of(subset))
    scored(subset, TRUE)

    by_most, by_all = (
        compare(choice_of(subset, consensus=name)) for name in ("majority", "unanimity")
    )

    assert Comparison.objects.count() == 3
    assert by_most.result["contrasts"]["all-m"]["counts"]["ghost"] == 2
    assert by_all.result["contrasts"]["all-m"]["counts"]["ghost"] == 0
    assert by_all.result["contrasts"][f"o{cleo.pk}-a{cleo.pk}"]["n_open"] == 20


def test_the_published_version_is_the_default_if_it_scored_every_trial(subset):
    assert choice_of(subset).version is None
    version = scored(subset, TRUE)

    assert choice_of(subset).version == version
    assert choice_of(subset, version=1).version == version
    with pytest.raises(NotFoundError) as error:
        choice_of(subset, version=7)
    assert str(error.value).startswith("Version 7 has not scored every trial")
    with pytest.raises(NotFoundError):
        choice_of(subset, consensus="loudest")


def test_a_version_trained_on_these_labels_is_recognized(subset):
    version = scored(subset, TRUE)
    child = make_version_from(version, subsets=["another"])

    assert not was_trained_on(child, Scope(subset))
    assert was_trained_on(
        make_version_from(version, subsets=[subset.name]), Scope(subset)
    )


def make_version_from(parent, *, subsets):
    snapshot = LabelSnapshot.objects.create(
        sha256=json.dumps(subsets),
        source="majority",
        subsets=subsets,
        annotators=[],
        n_trials=0,
        n_frames=0,
        n_touches=0,
        trials=[],
    )
    parent.pk, parent.number, parent.snapshot = None, parent.number + 1, snapshot
    parent.save(force_insert=True)
    return type(parent).objects.get(pk=parent.pk)


def test_an_annotator_sees_no_comparison(subset):
    ada = labelled(subset, "ada", TRUE, sees_others=True)

    with pytest.raises(NotFoundError):
        comparable_subset_for(ada, subset.pk)


@pytest.mark.parametrize("role", ["admin", "adjudicator"])
def test_a_user_who_labels_blind_finishes_the_own_clips_first(subset, role):
    dana = make_user("dana", role)
    assert comparable_subset_for(dana, subset.pk) == subset

    assign_subset(user=None, subset=subset, annotators=[dana])

    with pytest.raises(NotAllowedError):
        comparable_subset_for(dana, subset.pk)
    for assignment in dana.assignments.all():
        label(assignment, (10, 50, 0))
    assert comparable_subset_for(dana, subset.pk) == subset


def test_a_comparison_has_one_job_at_a_time(subset):
    dana, choice = make_user("dana", "admin"), choice_of(subset)

    first = request_comparison(user=dana, choice=choice)
    second = request_comparison(user=dana, choice=choice)

    assert first == second
    assert (first.kind, Job.objects.count()) == ("compare", 1)
    with pytest.raises(NotAllowedError):
        request_comparison(
            user=make_user("vera", "viewer"),
            choice=choice_of(subset, consensus="unanimity"),
        )


def test_few_labels_are_compared_at_once(subset, monkeypatch):
    labelled(subset, "ada", TRUE)
    assert is_quick(Scope(subset))

    monkeypatch.setattr("labeling.domain.agreement.comparison.QUICK_LABELS_MAX", 79)

    assert not is_quick(Scope(subset))


def test_an_unlabelled_subset_has_reasons_instead_of_figures(subset):
    scored(subset, TRUE)

    result = compare(choice_of(subset)).result

    assert result["annotators"] == []
    assert result["group"]["ac1"]["why"] == "Agreement needs two raters; there is none."
    assert result["contrasts"]["all-m"]["rates"]["ghost"]["value"] is None
