import shutil

import pytest

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.labels.sources import LabelSource
from labeling.domain.recordings.sessions import import_session
from labeling.domain.training.preview import preview_subsets
from labeling.errors import LabelingError
from labeling.models import Assignment, Label, Trial
from tests.factories import label, make_session, make_subset, make_user, make_version

pytestmark = pytest.mark.django_db

TOUCH, NOT, UNSURE = Label.Value.TOUCH, Label.Value.NOT_TOUCH, Label.Value.UNSURE
BOTH = [(0, 20, NOT), (20, 30, TOUCH), (30, 40, NOT)]


@pytest.fixture
def subset(real_file):
    """Three trials in a file that is there, one of each role."""
    session = import_session(user=None, file=real_file)
    for trial, role in zip(
        session.trials.all(), ["train", "validation", "held_out"], strict=True
    ):
        session.trials.filter(pk=trial.pk).update(role=role)
    return make_subset(session, start=0, stop=40)


def labelled(subset, *runs, by=("alice",), n_clips=None):
    """Let people label the first clips of a subset, all in the same way."""
    people = [make_user(name) for name in by]
    assign_subset(user=None, subset=subset, annotators=people)
    for clip in subset.clips.order_by("trial__first_row")[:n_clips]:
        for assignment in clip.assignments.all():
            label(assignment, *runs)
    return subset


def preview(subset, *, parent=None, with_shipped_data=True):
    return preview_subsets([subset], parent=parent, with_shipped_data=with_shipped_data)


def test_what_there_is_to_learn_from_is_counted_by_role(subset):
    labelled(subset, *BOTH, by=["alice", "bob"])

    found = preview(subset)

    assert found.n_trials == {"train": 1, "validation": 1, "held_out": 1}
    assert (found.n_frames, found.n_touches) == (120, 3)
    assert found.annotators == ("alice", "bob")
    assert (found.blockers, found.warnings) == ((), ())


def test_no_labels_block(subset):
    (blocker,) = preview(subset).blockers

    assert blocker.startswith("There are no labels in subset")
    with pytest.raises(LabelingError, match="There are no labels in subset"):
        preview(subset).check()


def test_labels_without_a_majority_block(subset):
    labelled(subset, (0, 40, UNSURE))

    (blocker,) = preview(subset).blockers

    assert blocker.startswith("The label source decides no frame in subset")


def test_labels_of_one_kind_block(subset):
    labelled(subset, (0, 40, NOT))

    (blocker,) = preview(subset).blockers

    assert blocker.startswith("All labels are not touch.")


def test_with_the_shipped_data_training_trials_may_show_one_kind(subset):
    labelled(subset, (0, 40, NOT))
    other = subset.clips.order_by("trial__first_row").last()
    label(other.assignments.get(), (20, 30, TOUCH))

    assert preview(subset).blockers == ()
    (blocker,) = preview(subset, with_shipped_data=False).blockers
    assert blocker.startswith("All labels on training trials are not touch.")


def test_fewer_than_three_labelled_trials_block(subset):
    labelled(subset, *BOTH, n_clips=2)

    found = preview(subset)

    assert found.blockers == (
        "A retrain needs at least 3 labelled trials, and there are 2. Label clips of "
        "more trials.",
    )
    assert found.warnings == (
        "No held-out trial is labelled: the new version cannot be measured.",
    )


def test_a_single_labelled_trial_blocks(subset):
    labelled(subset, *BOTH, n_clips=1)

    (blocker,) = preview(subset).blockers

    assert blocker.startswith(
        "A retrain needs at least 3 labelled trials, and there is 1."
    )


def test_labels_without_a_training_trial_block(db):
    session = make_session(n_frames=[100, 100, 100])
    Trial.objects.update(role="held_out")

    blockers = preview(labelled(make_subset(session, start=0, stop=40), *BOTH)).blockers

    assert blockers[0].startswith("No training trial is labelled")


def test_without_a_validation_trial_nothing_is_searched(data_root, real_file):
    session = import_session(user=None, file=real_file)
    session.trials.update(role="train")

    found = preview(labelled(make_subset(session, start=0, stop=40), *BOTH))

    assert found.blockers == ()
    assert found.warnings == (
        "No validation trial is labelled: the retrain validates on training trials in "
        "turn, without a hyperparameter search.",
        "No held-out trial is labelled: the new version cannot be measured.",
    )


def test_a_session_file_that_is_gone_blocks(subset, data_root):
    labelled(subset, *BOTH)
    shutil.move(data_root / "real.h5", data_root / "elsewhere.h5")

    (blocker,) = preview(subset).blockers

    assert blocker.startswith("There is no session file 'real.h5'")


def test_a_model_whose_files_are_missing_blocks(subset):
    labelled(subset, *BOTH)
    version = make_version()

    (blocker,) = preview(subset, parent=version).blockers

    assert blocker.startswith("Version 1 has no files")


def test_the_source_decides_what_there_is_to_learn_from(subset):
    labelled(subset, *BOTH, by=["alice", "bob"])
    for assignment in Assignment.objects.filter(annotator__username="bob"):
        label(assignment, (0, 40, TOUCH))

    by_source = [
        preview_subsets(
            [subset],
            parent=None,
            with_shipped_data=True,
            source=LabelSource.parse(source),
        ).n_frames
        for source in ("majority", "unanimity", "annotator:alice")
    ]

    assert by_source == [30, 30, 120]
