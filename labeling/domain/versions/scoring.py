"""Scoring of sessions: frames to CNN units to features to scores, trial by trial."""

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
from labeling.models import ModelVersion, Session, Trial
from models_ml.arrays import Features, Units
from models_ml.cnn.backbone import Backbone as Network
from models_ml.features.feature_set import FeatureSet
from models_ml.features.unit_cache import CachedTrial, UnitCache
from models_ml.features.unit_set import UnitSet, unit_set_of
from models_ml.stages import in_stages
from models_ml.trees.rescoring import Scorer

# Trials are scored in batches of so many frames, or of what was read in a second.
_BATCH_FRAMES = 10_000
_BATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringResult:
    """The result of scoring a session."""

    version: ModelVersion
    n_trials: int
    n_frames: int


def score_session(
    *,
    session: Session,
    version: ModelVersion | None = None,
    publish: bool = True,
    progress: JobProgress = silent_progress,
) -> ScoringResult:
    """Score every trial of a session and publish the version there.

    If `version` is None, the published version is used, or else the latest; a version
    that another user publishes meanwhile then stays published. Publishing comes last,
    so pages never show a partly scored session. With `publish=False` the version is a
    candidate, and the session shows the same scores as before.
    """
    wanted, published = version, session.published_version
    version = wanted or published or latest_version()
    feature_set = feature_set_of(version)
    stages = _Stages(network_of(version.backbone), unit_set_of(feature_set))
    scorer = Scorer(classifier_of(version), feature_set, stages.unit_set)
    trials = list(session.trials.included())
    if not trials:
        raise LabelingError(
            f"All trials of {session} are excluded. Include one on the session's "
            "review page, then score it."
        )
    done, ranges = 0, session_ranges(session)
    with (
        closing(stages.results(trials)) as results,
        closing(scorer.scores_of_batches(_batches(results))) as batches,
    ):
        for batch in batches:
            for scores in batch:
                progress(f"scoring {session}", done, len(trials))
                with progress.fenced():
                    save_scores(
                        trial=trials[done],
                        version=version,
                        scores=scores,
                        ranges=ranges,
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
    return ScoringResult(version=version, n_trials=len(trials), n_frames=n_frames)


@contextmanager
def trial_features(
    trials: Sequence[Trial],
    network: Network,
    feature_set: FeatureSet,
) -> Iterator[Iterator[Features]]:
    """Open an iterator over the temporal features of trials, in their order.

    CNN units are read from the unit cache, or computed and cached. While the caller
    uses a trial's features, threads read, compute and cache the next trials. None of
    these threads uses the database.
    """
    stages = _Stages(network, unit_set_of(feature_set))
    with closing(stages.results(trials)) as results:
        yield (stages.unit_set.features(units, feature_set) for units in results)


def _batches(results: Iterable[Units]) -> Iterator[list[Units]]:
    """Yield the units of several trials at a time."""
    batch: list[Units] = []
    started = time.monotonic()
    for units in results:
        batch.append(units)
        is_late = time.monotonic() > started + _BATCH_SECONDS
        if is_late or sum(map(len, batch)) >= _BATCH_FRAMES:
            yield batch
            batch, started = [], time.monotonic()
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Uncached:
    """A trial without cached units; `values` are its frames, later its units."""

    cached: CachedTrial
    values: npt.NDArray[Any]


class _Stages:
    """The stages from a trial's frames to the units that are cached.

    Units that are cached already pass through the later stages unchanged.
    """

    def __init__(self, network: Network, unit_set: UnitSet) -> None:
        self.network, self.unit_set = network, unit_set
        self.cache = UnitCache(Path(settings.WHACC_CACHE_ROOT) / "units")

    def results(self, trials: Sequence[Trial]) -> Generator[Units]:
        """Yield the units of each trial."""
        # The sessions of trials are loaded in the caller's thread, by this generator.
        sources = ((trial.session, trial.first_row, trial.stop_row) for trial in trials)
        yield from in_stages(sources, [self.read, self.run_cnn, self.write])

    def read(self, source: tuple[Session, int, int]) -> Units | _Uncached:
        session, first_row, stop_row = source
        with opened_session(session) as file:
            frames = file.frames(first_row, stop_row)
        cached = self.cache.trial(frames, self.network, self.unit_set)
        units = cached.read()
        return _Uncached(cached, frames) if units is None else units

    def run_cnn(self, found: Units | _Uncached) -> Units | _Uncached:
        if not isinstance(found, _Uncached):
            return found
        with translated_core_errors():
            return _Uncached(found.cached, self.network.units(found.values))

    def write(self, found: Units | _Uncached) -> Units:
        if not isinstance(found, _Uncached):
            return found
        units = self.unit_set.select(found.values)
        try:
            found.cached.write(units)
        except OSError as error:
            raise LabelingError(
                f"CNN units could not be written below {self.cache.folder} "
                f"({error.strerror or error}). Free some space there, or set "
                "WHACC_CACHE_ROOT to another folder."
            ) from error
        return units
