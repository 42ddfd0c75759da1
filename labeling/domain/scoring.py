"""Scoring: a session's frames through a model version, trial by trial."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
from labeling.errors import core_errors_said
from labeling.models import Backbone, ModelVersion, Session, Trial
from models_ml.temporal import temporal_features
from models_ml.unit_cache import UnitCache

Units = npt.NDArray[np.float32]


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
    units_of = units_reader(version.backbone)
    trials = list(session.trials.all())
    n_frames = 0
    for done, trial in enumerate(trials):
        report(f"scoring {session}", done, len(trials))
        features = temporal_features(units_of(trial), feature_set)
        scores = classifier.scores(features).astype(np.float32)
        save_scores(trial=trial, version=version, scores=scores)
        n_frames += trial.n_frames
    report(f"scoring {session}", len(trials), len(trials))
    if wanted is not None:
        publish_version(session=session, version=version)
    elif published is None:
        publish_first_version(session=session, version=version)
    return Scored(version=version, n_trials=len(trials), n_frames=n_frames)


def units_reader(backbone: Backbone) -> Callable[[Trial], Units]:
    """Return a function that gives a trial's CNN units, computed at most once ever."""
    network = network_of(backbone)
    cache = UnitCache(Path(settings.WHACC_CACHE_ROOT) / "units")

    def units_of(trial: Trial) -> Units:
        with opened_session(trial.session) as source:
            frames = source.frames(trial.first_row, trial.stop_row)
        with core_errors_said():
            return cache.cached_units(frames, network)

    return units_of
