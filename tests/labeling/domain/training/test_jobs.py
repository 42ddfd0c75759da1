"""A retrain as a job: refused beforehand, fenced, and done once."""

import pytest

from labeling.domain.jobs.attempts import StaleTokenError, StoredProgress, start_job
from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.jobs import request_retrain
from labeling.domain.training.retraining import retrain_subsets
from labeling.domain.versions.scoring import score_session
from labeling.errors import LabelingError, NotAllowedError
from labeling.jobs import work_off
from labeling.models import Job, LabelSnapshot, ModelVersion, Scores
from tests.factories import make_subset, make_user
from tests.factories_rig import TRIALS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def make_choice(subset, **changes):
    chosen = {
        "subsets": [subset],
        "parent": None,
        "weight": 2.0,
        "with_shipped_data": False,
        "n_trainings": 1,
        "minutes": None,
        "seed": 0,
        "rescore": False,
    }
    return RetrainingChoice(**{"trains_cnn": False, **chosen, **changes})


class Deaf(StoredProgress):
    """Notices that it was overtaken only when it writes a result."""

    def __call__(self, stage, done, total):
        """Write nothing."""


def test_a_retrain_job_makes_one_version_however_often_it_is_begun(
    rig_session, labelled_rig
):
    choice = make_choice(labelled_rig, rescore=True)
    job = request_retrain(user=make_user("dana", "admin"), choice=choice)
    before = score_session(session=rig_session).version
    work_off(start_job(job_id=job.pk))
    version = ModelVersion.objects.get(parent=before)
    # As if the attempt had been lost between the version and the job's end.
    Job.objects.update(state="queued", result={})

    work_off(start_job(job_id=job.pk))

    job.refresh_from_db()
    rig_session.refresh_from_db()
    assert (job.state, job.result) == ("done", {"version": version.pk})
    assert ModelVersion.objects.count() == 2
    assert (version.created_by.username, version.job) == ("dana", job)
    assert Scores.objects.filter(version=version).count() == TRIALS
    assert rig_session.published_version == before
    assert f"Scored with it, not published: {rig_session.name}." in job.log


class Killed(BaseException):
    """Ends an attempt as a kill does."""


def test_an_attempt_after_a_kill_continues_the_search(
    labelled_rig, settings, tmp_path, monkeypatch
):
    settings.WHACC_CACHE_ROOT = tmp_path
    choice = make_choice(labelled_rig, n_trainings=3)
    dana = make_user("dana", "admin")
    killed, whole = (request_retrain(user=dana, choice=choice) for _ in range(2))
    lines = []

    def watched(progress, text):
        if text.startswith("Training "):
            lines.append(text[:15])
            if len(lines) == 2:
                raise Killed

    monkeypatch.setattr(StoredProgress, "line", watched)
    with pytest.raises(Killed):
        work_off(start_job(job_id=killed.pk))
    (stored,) = tmp_path.glob("searches/*")
    Job.objects.filter(pk=killed.pk).update(state="queued")
    work_off(start_job(job_id=killed.pk))
    assert not stored.exists()
    work_off(start_job(job_id=whole.pk))

    # Two trainings were done when it was killed.
    numbers = [1, 2, 3, 1, 2, 3]
    assert lines == [f"Training {number} of 3" for number in numbers]
    one, two = (ModelVersion.objects.get(job=job) for job in (killed, whole))
    assert one.files == two.files
    assert one.parameters == two.parameters
    assert one.threshold == two.threshold


def test_an_attempt_that_was_overtaken_records_no_version(labelled_rig):
    job = request_retrain(
        user=make_user("dana", "admin"), choice=make_choice(labelled_rig)
    )
    attempt = start_job(job_id=job.pk)
    Job.objects.update(token=attempt.token + 1)

    with pytest.raises(StaleTokenError):
        retrain_subsets(
            user=None,
            choice=RetrainingChoice(
                trains_cnn=False,
                subsets=[labelled_rig],
                with_shipped_data=False,
                n_trainings=1,
            ),
            progress=Deaf(attempt),
        )

    assert ModelVersion.objects.filter(parent__isnull=False).count() == 0
    assert LabelSnapshot.objects.count() == 0


def test_what_a_page_warns_of_is_refused_before_a_job_is_queued(rig_session):
    subset = make_subset(rig_session)

    with pytest.raises(LabelingError, match="There are no labels in subset"):
        request_retrain(user=make_user("dana", "admin"), choice=make_choice(subset))

    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weight": 1.0}, "The weight is 1.0"),
        ({"n_trainings": 0}, "The number of trainings is 0"),
        ({"minutes": -1.0}, "The number of minutes is -1"),
        ({"seed": -1}, "The seed is -1"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(labelled_rig, changes, sentence):
    choice = make_choice(labelled_rig, **changes)

    with pytest.raises(LabelingError, match=sentence):
        request_retrain(user=make_user("dana", "admin"), choice=choice)


def test_only_an_admin_asks_for_a_retrain(labelled_rig):
    with pytest.raises(NotAllowedError):
        request_retrain(user=make_user("bob"), choice=make_choice(labelled_rig))
