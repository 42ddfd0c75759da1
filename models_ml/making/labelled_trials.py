"""Labelled trials in memory, for benchmarks of retraining."""

from collections.abc import Sequence
from pathlib import Path

from models_ml.arrays import Features, Frames, LabelValues
from models_ml.cnn.backbone import Backbone, load_backbone
from models_ml.cnn_training.recordings import LabelledRecordings
from models_ml.cnn_training.request import Parent
from models_ml.features.feature_set import FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.shipped import shipped_model
from models_ml.training.labelled_trials import Role
from models_ml.trees.classifier import load


def recordings_in_memory(
    trials: Sequence[tuple[Frames, LabelValues]],
    roles: Sequence[Role],
    feature_set: FeatureSet,
    *,
    weight: float,
) -> LabelledRecordings:
    """Return labelled trials for a retrain; the features of two CNNs are kept.

    Parameters
    ----------
    trials : sequence of pairs of arrays
        Frames, uint8 of shape (n_frames, height, width), and labels, int8 of shape
        (n_frames,).
    roles : sequence of {"train", "validation", "held_out"}
        Use of each trial.
    feature_set : FeatureSet
        The feature columns.
    weight : float
        Training weight of each frame; above 0.
    """
    kept: dict[tuple[str, str], list[Features]] = {}

    def features(backbone: Backbone) -> list[Features]:
        key = (backbone.sha256, backbone.preprocessing)
        if key not in kept:
            if len(kept) > 1:
                del kept[list(kept)[1]]
            kept[key] = [
                temporal_features(backbone.units(frames), [len(frames)], feature_set)
                for frames, _ in trials
            ]
        return kept[key]

    return LabelledRecordings(
        labels=[labels for _, labels in trials],
        roles=roles,
        frames=lambda number: trials[number][0],
        features=features,
        feature_set=feature_set,
        weight=weight,
    )


def shipped_parent() -> tuple[Parent, FeatureSet]:
    """Return the shipped model as the parent of a retrain, and its feature set."""
    shipped = shipped_model()
    parent = Parent(
        backbone=load_backbone(shipped.backbone_kind, shipped.weights_path),
        weights_path=shipped.weights_path,
        classifier=load(shipped.classifier_path),
        threshold=shipped.threshold,
    )
    text = Path(shipped.feature_set_path).read_text(encoding="utf-8")
    return parent, FeatureSet.from_json(text)
