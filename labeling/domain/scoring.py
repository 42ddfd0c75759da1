"""Scoring: a session's frames through a model version, trial by trial."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings

from labeling.domain.report import Report, silent
from labeling.domain.scores import save_scores
from labeling.domain.session_files import opened_session
from labeling.domain.versions import (
    classifier_of,
    feature_set_of,
    latest_version,
    network_of,
    publish_first_version,
    publish_version,
)
from labeling.errors import LabelingError, core_errors_said
from labeling.models import Backbone, ModelVersion, Session, Trial
from models_ml.backbone import Backbone as Network
from models_ml.feature_set import FeatureSet
from models_ml.stages import in_stages
from models_ml.unit_cache import CachedTrial, UnitCache
from models_ml.unit_set import UnitSet, unit_set_of

Units = npt.NDArray[np.float32]
Features = npt.NDArray[np.float32]


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
    report: Report = silent,
) -> Scored:
    """Score every trial of a session, and publish the version there.

    Without a version, the one that is published there is used, or else the latest;
    then a version that is published meanwhile stays. Publishing comes last, so nobody
    sees a session that is half scored.
    """
    wanted, published = version, session.published_version
    version = wanted or published or latest_version()
    classifier, feature_set = classifier_of(version), feature_set_of(version)
    trials = list(session.trials.all())
    n_frames = 0
    with trial_features(trials, version.backbone, feature_set) as all_features:
        for done, trial in enumerate(trials):
            report(f"scoring {session}", done, len(trials))
            scores = classifier.scores(next(all_features))
            save_scores(trial=trial, version=version, scores=scores)
            n_frames += trial.n_frames
    report(f"scoring {session}", len(trials), len(trials))
    if wanted is not None:
        publish_version(session=session, version=version)
    elif published is None:
        publish_first_version(session=session, version=version)
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
    # A generator: its trials' sessions are looked up by whoever takes the features.
    sources = ((trial.session, trial.first_row, trial.stop_row) for trial in trials)
    results = in_stages(sources, [stages.read, stages.run_cnn, stages.keep])
    with closing(results):
        yield (stages.unit_set.features(kept, feature_set) for kept in results)


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
        with core_errors_said():
            return _Missing(found.cached, self.network.units(found.values))

    def keep(self, found: Units | _Missing) -> Units:
        if not isinstance(found, _Missing):
            return found
        kept = self.unit_set.kept(found.values)
        try:
            found.cached.write(kept)
        except OSError as error:
            raise LabelingError(
                f"Expected to keep CNN units below {self.cache.folder}, writing them "
                f"failed ({error.strerror}): make room there, or name another folder "
                "as WHACC_CACHE_ROOT."
            ) from error
        return kept
