"""Scoring with the shipped model and real files: the unit cache, killed runs."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.recordings.sessions import import_session
from labeling.domain.versions.scores import trial_scores
from labeling.domain.versions.scoring import score_session
from labeling.errors import LabelingError
from labeling.models import Scores, Session
from models_ml.session_files.writer import write_session_file

pytestmark = pytest.mark.slow

TRIALS, FRAMES = 30, 100


@pytest.fixture
def file(data_root, settings, tmp_path):
    """A session of noise, below the data root."""
    settings.WHACC_CACHE_ROOT = tmp_path / "cache"
    settings.WHACC_MODELS_ROOT = tmp_path / "models"
    rng = np.random.default_rng(0)
    write_session_file(
        data_root / "noise.h5",
        trials=[(number, f"{number}.mp4") for number in range(TRIALS)],
        frames=(
            rng.integers(0, 256, (FRAMES, 61, 61), np.uint8) for _ in range(TRIALS)
        ),
    )
    return "noise.h5"


def cached_files(cache_root):
    return {
        path: (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in (cache_root / "units").rglob("*.npy")
    }


@pytest.mark.django_db(transaction=True)
def test_after_a_kill_only_missing_units_are_computed(file, settings, tmp_path):
    session = import_session(user=None, file=file)
    child = scoring_child(session, settings)
    while not cached_files(settings.WHACC_CACHE_ROOT):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL

    left = cached_files(settings.WHACC_CACHE_ROOT)
    shapes = {np.load(path).shape for path in left}
    scored = score_session(session=session)

    assert 0 < len(left) < TRIALS
    assert shapes == {(FRAMES, 32)}
    after = cached_files(settings.WHACC_CACHE_ROOT)
    assert (len(after), {path: after[path] for path in left}) == (TRIALS, left)
    assert (scored.n_trials, scored.n_frames) == (TRIALS, TRIALS * FRAMES)
    resumed = list(Scores.objects.order_by("trial").values_list("values", flat=True))
    settings.WHACC_CACHE_ROOT = tmp_path / "other"
    score_session(session=session)
    at_once = list(Scores.objects.order_by("trial").values_list("values", flat=True))
    assert [bytes(one) for one in resumed] == [bytes(one) for one in at_once]


def scoring_child(session, settings):
    script = """
import os, sys, django
django.setup()
from django.conf import settings
from pathlib import Path
from labeling.domain.versions.scoring import score_session
from labeling.models import Session
score_session(session=Session.objects.get(pk=int(sys.argv[1])))
"""
    roots = ("WHACC_DATA_ROOT", "WHACC_CACHE_ROOT", "WHACC_MODELS_ROOT")
    return subprocess.Popen(
        [sys.executable, "-c", script, str(session.pk)],
        cwd=settings.BASE_DIR,
        env={**os.environ, **{root: str(getattr(settings, root)) for root in roots}},
    )


@pytest.mark.django_db
def test_a_second_run_reads_cached_units(file, settings):
    session = import_session(user=None, file=file)
    score_session(session=session)
    first, cached = all_scores(session), cached_files(settings.WHACC_CACHE_ROOT)

    score_session(session=session)

    assert cached_files(settings.WHACC_CACHE_ROOT) == cached
    np.testing.assert_array_equal(all_scores(session), first)


def all_scores(session: Session):
    version = session.published_version
    return np.stack([trial_scores(trial, version) for trial in session.trials.all()])


@pytest.mark.django_db
def test_a_missing_file_is_explained_in_one_sentence(file, data_root):
    session = import_session(user=None, file=file)
    (data_root / file).unlink()

    with pytest.raises(LabelingError, match="There is no session file"):
        score_session(session=session)

    assert session.published_version is None
    assert_no_stage_runs()


@pytest.mark.django_db
def test_an_unwritable_cache_is_explained_in_one_sentence(file, settings):
    session = import_session(user=None, file=file)
    settings.WHACC_CACHE_ROOT.mkdir()
    (settings.WHACC_CACHE_ROOT / "units").touch()

    with pytest.raises(LabelingError, match="Free some space there, or set"):
        score_session(session=session)

    assert not Scores.objects.exists()
    assert_no_stage_runs()


@pytest.mark.django_db
def test_excluded_trials_are_not_scored(file):
    session = import_session(user=None, file=file)
    session.trials.filter(number__gt=2).update(excluded_because="no pole")

    scored = score_session(session=session)

    numbers = Scores.objects.order_by("trial__number").values_list("trial__number")
    assert [number for (number,) in numbers] == [0, 1, 2]
    assert (scored.n_trials, scored.n_frames) == (3, 3 * FRAMES)
    session.trials.update(excluded_because="no pole")
    with pytest.raises(LabelingError, match="Include one on the session"):
        score_session(session=session)


@pytest.mark.django_db
def test_a_cancelled_run_leaves_no_thread_and_publishes_nothing(file):
    session = import_session(user=None, file=file)

    class CancelledError(Exception):
        pass

    class Cancelling(JobProgress):
        def __call__(self, stage, done, total):
            if done == 3:
                raise CancelledError

    with pytest.raises(CancelledError):
        score_session(session=session, progress=Cancelling())

    assert (Scores.objects.count(), session.published_version) == (3, None)
    assert_no_stage_runs()


def assert_no_stage_runs():
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("ThreadPoolExecutor")]
