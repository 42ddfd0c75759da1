"""Scores, labels, a retrain, new scores: with the shipped model and real files."""

import csv
import io
import os
from collections import Counter

import numpy as np
import pytest
from django.core.management import call_command

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.recordings.in_range import out_of_range_in
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.retraining import rescore_subsets, retrain_subsets
from labeling.domain.versions.scores import trial_scores
from labeling.domain.versions.scoring import score_session
from labeling.domain.versions.store import classifier_of, models_root, shipped_version
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import ModelVersion, Scores
from labeling.pages.versions.errors import error_windows
from labeling.pages.versions.recording_kinds import NOTHING_REAL
from models_ml.touches.detection import mask_from_touches
from models_ml.touches.touch_errors import COUNTS
from tests.factories import make_user
from tests.factories_rig import FRAMES, TRIALS, subset_by_truth

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def stored_scores(rig_session, version):
    return [trial_scores(trial, version) for trial in rig_session.trials.all()]


def test_scoring_keeps_raw_scores_of_every_trial_and_publishes_last(rig_session):
    stages = []

    class RecordedProgress(JobProgress):
        def __call__(self, stage, done, total):
            stages.append((done, total))

    scored = score_session(session=rig_session, progress=RecordedProgress())

    scores = stored_scores(rig_session, scored.version)
    assert (scored.version.number, scored.n_trials, scored.n_frames) == (1, 5, 2000)
    assert rig_session.published_version == scored.version
    assert [len(each) for each in scores] == [FRAMES] * TRIALS
    assert all(((each >= 0) & (each <= 1)).all() for each in scores)
    assert stages == [(done, TRIALS) for done in range(TRIALS + 1)]


def test_scoring_again_gives_the_same_scores_from_cached_units(rig_session):
    version = score_session(session=rig_session).version
    before = stored_scores(rig_session, version)

    score_session(session=rig_session)

    for one, two in zip(before, stored_scores(rig_session, version), strict=True):
        assert one.tobytes() == two.tobytes()
    assert Scores.objects.count() == TRIALS


def test_the_shipped_version_is_recorded_once_with_its_weights(db):
    one, two = shipped_version(), shipped_version()

    assert one == two
    assert ModelVersion.objects.count() == 1
    assert (models_root() / one.backbone.weights).is_file()


def test_a_classifier_file_that_changed_is_refused(rig_session):
    version = shipped_version()
    path = models_root() / version.files["classifier.txt"]["path"]
    original = path.read_bytes()

    try:
        path.write_bytes(original + b"\n")
        with pytest.raises(LabelingError, match="was changed"):
            classifier_of(version)
        path.unlink()
        with pytest.raises(LabelingError, match="cannot be read"):
            classifier_of(version)
    finally:
        path.write_bytes(original)


def test_a_retrain_records_its_whole_lineage_and_rescores(rig_session, labelled_rig):
    parent = score_session(session=rig_session).version

    retrained = retrain_subsets(
        user=None,
        choice=RetrainingChoice(
            trains_cnn=False,
            subsets=[labelled_rig],
            weight=9.0,
            with_shipped_data=False,
            n_trainings=2,
            seed=1,
        ),
    )
    rescored = rescore_subsets(version=retrained.version, subsets=[labelled_rig])

    version = retrained.version
    rig_session.refresh_from_db()
    assert (version.number, version.parent) == (2, parent)
    assert version.backbone == parent.backbone
    assert version.snapshot.annotators == ["alice"]
    n_left_out = out_of_range_in([rig_session]).n_frames
    assert 0 < n_left_out == version.metrics["n_frames_out_of_reach_left_out"]
    assert version.snapshot.n_frames == TRIALS * FRAMES - n_left_out
    assert version.parameters["new_data_weight"] == 9.0
    assert version.parameters["with_shipped_data"] is False
    assert version.parameters["n_trainings"] == len(version.metrics["search"]) == 2
    assert version.parameters["num_threads"] == len(os.sched_getaffinity(0))
    assert (version.parameters["search_seed"], version.job) == (1, None)
    assert sum(each["gain"] for each in version.metrics["importance"]) == pytest.approx(
        1
    )
    assert version.metrics["held_out_before"] == retrained.before.as_dict()
    assert version.metrics["held_out_after"] == retrained.after.as_dict()
    assert retrained.after.n_trials == 1
    assert rescored == [rig_session]
    assert rig_session.published_version == version
    assert Scores.objects.filter(version=parent).count() == TRIALS


def test_a_retrain_keeps_where_it_errs_on_held_out_trials_beside_people(rig_session):
    subset = subset_by_truth(rig_session, [make_user(name) for name in "abc"])

    retrained = retrain_subsets(
        user=None,
        choice=RetrainingChoice(
            trains_cnn=False, subsets=[subset], with_shipped_data=False, n_trainings=1
        ),
    )

    record = retrained.version.metrics["held_out"]
    trial = rig_session.trials.get(role="held_out")
    assert record["trials"] == [{"session": "rig", "number": trial.number}]
    for side, metrics in (("before", retrained.before), ("after", retrained.after)):
        kinds = [COUNTS[row[3]] for row in record["errors"][side]]
        assert Counter(kinds) == Counter(metrics.errors)
        rate = record["rates"][side]["touch_count_errors"]
        assert rate["value"] == metrics.touch_count_errors_per_touch
        # All annotators have the labels of the simulation: each equals the consensus.
        in_place = record["people"]["models"][side]["touch_count_errors"]
        assert in_place["value"] == metrics.touch_count_errors_per_touch
        # The rig is simulated: its figures are those of all held-out trials.
        kinds = record["kinds"]
        assert list(kinds) == ["simulated"]
        assert kinds["simulated"][side]["errors"] == metrics.errors
        assert (
            kinds["simulated"][side]["rates"]["edge_errors"]
            == (record["rates"][side]["edge_errors"])
        )
    assert record["people"]["ceiling"]["touch_count_errors"]["value"] == 0
    assert [each["name"] for each in record["people"]["annotators"]] == ["a", "b", "c"]
    windows = error_windows(retrained.version, "before")
    assert len(windows) == sum(retrained.before.errors.values()) > 0
    first = windows[0]
    lanes = dict(first.lanes)
    inside = slice(first.onset - first.start, first.offset - first.start)
    assert lanes["labels"][inside] != lanes["the parent"][inside]
    assert first.picture.startswith("data:image/png;base64,")


def test_the_same_labels_and_seed_give_the_same_model(labelled_rig):
    retrains = [
        retrain_subsets(
            user=None,
            choice=RetrainingChoice(
                trains_cnn=False,
                subsets=[labelled_rig],
                with_shipped_data=False,
                n_trainings=1,
                seed=4,
            ),
        )
        for _ in range(2)
    ]
    one, two = (each.version for each in retrains)

    assert one.files == two.files
    assert one.threshold == two.threshold
    assert one.snapshot == two.snapshot
    assert two.number == one.number + 1


def test_a_retrain_without_labels_is_refused_and_leaves_nothing(rig_session):
    subset = create_subset(
        user=None,
        name="unlabelled",
        clips=[
            ClipDraft(
                trial=rig_session.trials.first(), start=0, stop=9, reason="random"
            )
        ],
    )

    with pytest.raises(LabelingError, match="There are no labels in unlabelled"):
        retrain_subsets(
            user=None, choice=RetrainingChoice(trains_cnn=False, subsets=[subset])
        )

    assert ModelVersion.objects.filter(parent__isnull=False).count() == 0


def test_a_weight_that_makes_no_sense_is_refused(labelled_rig):
    with pytest.raises(LabelingError, match="The weight is -1"):
        retrain_subsets(
            user=None,
            choice=RetrainingChoice(
                trains_cnn=False, subsets=[labelled_rig], weight=-1.0
            ),
        )


def test_only_an_admin_retrains(labelled_rig):
    with pytest.raises(NotAllowedError):
        retrain_subsets(
            user=make_user("bob"),
            choice=RetrainingChoice(trains_cnn=False, subsets=[labelled_rig]),
        )


def test_exported_touches_are_those_of_the_scores(rig_session, capsys):
    version = score_session(session=rig_session).version

    call_command("export_touches", rig_session.name)

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == [
        "session", "trial", "onset", "offset", "duration_ms", "mean_score",
    ]  # fmt: skip
    for trial in rig_session.trials.all():
        touches = [
            (0, int(row["onset"]), int(row["offset"]))
            for row in rows
            if int(row["trial"]) == trial.number
        ]
        mask = mask_from_touches(np.array(touches, int).reshape(-1, 3), [FRAMES])
        scores = trial_scores(trial, version)
        assert len(touches) == Scores.objects.get(trial=trial).n_touches
        for row, (_, onset, offset) in zip(
            [row for row in rows if int(row["trial"]) == trial.number],
            touches,
            strict=True,
        ):
            assert float(row["duration_ms"]) == offset - onset
            assert float(row["mean_score"]) == pytest.approx(
                scores[onset:offset].mean(), abs=1e-6
            )
        assert mask.sum() == sum(b - a for _, a, b in touches)


def test_exporting_an_unscored_session_says_what_to_do(rig_session):
    with pytest.raises(LabelingError, match=r"Run `manage\.py score rig` first"):
        call_command("export_touches", rig_session.name)


def test_the_command_says_that_no_real_trial_is_held_out(labelled_rig, capsys):
    call_command(
        *("retrain", labelled_rig.name, "--trees-alone"),
        *("--without-shipped-data", "--trainings", "1"),
    )

    assert NOTHING_REAL in capsys.readouterr().out.splitlines()
