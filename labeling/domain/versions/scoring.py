"""Scoring: a session's frames through a model version, trial by trial."""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
from django.conf import settings

from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.recordings.in_range import session_ranges
from labeling.domain.recordings.session_files import opened_session
from labeling.domain.versions.catalog import latest_version
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import (
    classifier_of,
    feature_set_of,
    network_of,
    publish_first_version,
    publish_version,
)
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import Backbone, ModelVersion, Session, Trial
from models_ml.arrays import Features, Units
from models_ml.cnn.backbone import Backbone as Network
from models_ml.features.feature_set import FeatureSet
from models_ml.features.unit_cache import CachedTrial, UnitCache
from models_ml.features.unit_set import UnitSet, unit_set_of
from models_ml.stages import in_stages
from models_ml.trees.rescoring import Scorer

# Trials are scored together as long as nobody waits for it.
_BATCH_FRAMES = 10_000
_BATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a scoring run did."""

    version: ModelVersion
    n_trials: int
    n_frames: int


def score_session(
    *,
    session: Session,
    version: ModelVersion | None = None,
    publish: bool = True,
    progress: JobProgress = silent_progress,
) -> Scored:
    """Score every trial of a session, and publish the version there.

    Without a version, the one that is published there is used, or else the latest;
    then a version that is published meanwhile stays. Publishing comes last, so nobody
    sees a session that is half scored. Without `publish` the version stays a
    candidate: nothing changes of what the session shows.
    """
    wanted, published = version, session.published_version
    version = wanted or published or latest_version()
    feature_set = feature_set_of(version)
    stages = _Stages(network_of(version.backbone), unit_set_of(feature_set))
    scorer = Scorer(classifier_of(version), feature_set, stages.unit_set)
    trials = list(session.trials.included())
    if not trials:
        raise LabelingError(
            f"Expected trials of {session} to score, found all of them excluded: take "
            "one back in on the session's tracking page."
        )
    done, reach = 0, session_ranges(session)
    with (
        closing(stages.results(trials)) as all_kept,
        closing(scorer.scores_of_batches(_batches(all_kept))) as batches,
    ):
        for batch in batches:
            for scores in batch:
                progress(f"scoring {session}", done, len(trials))
                with progress.fenced():
                    save_scores(
                        trial=trials[done], version=version, scores=scores, reach=reach
                    )
                done += 1
    progress(f"scoring {session}", len(trials), len(trials))
    if publish:
        with progress.fenced():
            if wanted is not None:
                publish_version(session=session, version=version)
            elif published is None:
                publish_first_version(session=session, version=version)
    n_frames = sum(trial.n_frames for trial in trials)
    return Scored(version=version, n_trials=len(trials), n_frames=n_frames)


@contextmanager
def trial_features(
    trials: Sequence[Trial], backbone: Backbone, feature_set: FeatureSet
) -> Iterator[Iterator[Features]]:
    """Give the temporal features of each trial; its CNN units are computed once ever.

    While a trial's features are used, the next ones are read, run through the CNN and
    kept, each in a thread of its own. None of these threads touches the database.
    """
    stages = _Stages(network_of(backbone), unit_set_of(feature_set))
    with closing(stages.results(trials)) as results:
        yield (stages.unit_set.features(kept, feature_set) for kept in results)


def _batches(all_kept: Iterable[Units]) -> Iterator[list[Units]]:
    """Yield what is kept of several trials: many frames, or what came in a second."""
    batch: list[Units] = []
    started = time.monotonic()
    for kept in all_kept:
        batch.append(kept)
        is_late = time.monotonic() > started + _BATCH_SECONDS
        if is_late or sum(map(len, batch)) >= _BATCH_FRAMES:
            yield batch
            batch, started = [], time.monotonic()
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Missing:
    """A trial whose units are not kept yet: its frames, and later its units."""

    cached: CachedTrial
    values: npt.NDArray[Any]


class _Stages:
    """From where a trial lies to what is kept of its CNN units.

    What is kept already goes through the later stages as it is.
    """

    def __init__(self, network: Network, unit_set: UnitSet) -> None:
        self.network, self.unit_set = network, unit_set
        self.cache = UnitCache(Path(settings.WHACC_CACHE_ROOT) / "units")

    def results(self, trials: Sequence[Trial]) -> Generator[Units]:
        """Yield what is kept of each trial."""
        # A generator: trials' sessions are looked up by whoever takes the results.
        sources = ((trial.session, trial.first_row, trial.stop_row) for trial in trials)
        yield from in_stages(sources, [self.read, self.run_cnn, self.keep])

    def read(self, source: tuple[Session, int, int]) -> Units | _Missing:
        session, first_row, stop_row = source
        with opened_session(session) as file:
            frames = file.frames(first_row, stop_row)
        cached = self.cache.trial(frames, self.network, self.unit_set)
        kept = cached.read()
        return _Missing(cached, frames) if kept is None else kept

    def run_cnn(self, found: Units | _Missing) -> Units | _Missing:
        if not isinstance(found, _Missing):
            return found
        with translated_core_errors():
            return _Missing(found.cached, self.network.units(found.values))

    def keep(self, found: Units | _Missing) -> Units:
        if not isinstance(found, _Missing):
            return found
        kept = self.unit_set.select(found.values)
        try:
            found.cached.write(kept)
        except OSError as error:
            raise LabelingError(
                f"Expected to keep CNN units below {self.cache.folder}, writing them "
                f"failed ({error.strerror or error}): make room there, or name another "
                "folder as WHACC_CACHE_ROOT."
            ) from error
        return kept
