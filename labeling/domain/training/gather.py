"""The first step of a retrain: read all that it needs from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labeling.domain.labels.sources import (
    TrialLabels,
    labels_by_annotator_in_range,
    source_labels_in_range,
)
from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.old_data import has_old_data
from labeling.domain.training.preview import preview_of
from labeling.domain.versions.catalog import latest_version
from labeling.models import ModelVersion, Trial
from models_ml.arrays import LabelValues


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingMaterial:
    """Labels, trials and the parent version of one retrain, as they are now.

    `by_annotator` has the labels of each annotator, by trial and user name. The rows
    are loaded with their relations: training and recording read no further ones.
    """

    choice: RetrainingChoice
    parent: ModelVersion
    consensus: Sequence[TrialLabels]
    by_annotator: Mapping[Trial, Mapping[str, LabelValues]]
    with_old_data: bool


def gather(choice: RetrainingChoice) -> TrainingMaterial:
    """Read labels and the parent; refuse labels that nothing can be learned from."""
    parent = choice.parent or latest_version()
    consensus = source_labels_in_range(choice.source, choice.subsets)
    by_annotator = labels_by_annotator_in_range(choice.subsets)
    with_old_data = choice.with_shipped_data and has_old_data(parent)
    preview_of(
        consensus,
        subsets=choice.subsets,
        parent=parent,
        with_shipped_data=with_old_data,
    ).check()
    return TrainingMaterial(
        choice=choice,
        parent=parent,
        consensus=consensus,
        by_annotator=by_annotator,
        with_old_data=with_old_data,
    )
