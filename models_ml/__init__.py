"""The ML core: from the frames of a session to touches, on arrays alone.

No Django, no database and no global state. The names below are the front door; each is
imported from its module when it is first used, so ``import models_ml`` loads nothing.

=======================  =======================================================
`track_session`          videos to a session file
`lag_images`             frames t-2, t-1 and t as the channels of one image
`cnn_input`              lag images to the tensor that a CNN takes
`load_backbone`          a CNN; its ``units`` turn the frames of a trial into units
`whacc_feature_set`      the features of the published WhACC classifier
`temporal_features`      units to temporal features
`load_classifier`        trees; their ``scores`` turn features into scores
`median_filter`          scores to smoothed scores
`touches_from_mask`      touch frames to touches
`touch_errors`           touches against labels: ghosts, misses, joins, splits, ...
`touch_error_curve`      the same at several thresholds
`evaluate`               scores against labels: all metrics
=======================  =======================================================

Examples
--------
Two simulated trials of 100 frames, scored by the model that ships with the product:

>>> import numpy as np
>>> from models_ml import (
...     evaluate,
...     load_backbone,
...     load_classifier,
...     median_filter,
...     temporal_features,
...     touches_from_mask,
... )
>>> from models_ml.features.feature_set import FeatureSet
>>> from models_ml.shipped import shipped_model
>>> from models_ml.simulator.rigs import rig_named
>>> from models_ml.simulator.session import simulated_trials
>>> rig = rig_named("lab_b")
>>> trials = list(simulated_trials(rig, seed=9, n_trials=2, n_frames=100))
>>> trials[0].frames.shape, trials[0].frames.dtype
((100, 61, 61), dtype('uint8'))
>>> model = shipped_model()
>>> backbone = load_backbone(model.backbone_kind, model.weights_path)
>>> units = np.concatenate([backbone.units(trial.frames) for trial in trials])
>>> feature_set = FeatureSet.from_json(model.feature_set_path.read_text())
>>> features = temporal_features(units, [100, 100], feature_set)
>>> scores = load_classifier(model.classifier_path).scores(features)
>>> is_touch = median_filter(scores, [100, 100]) > model.threshold
>>> touches_from_mask(is_touch, [100, 100])  # Rows of trial, onset, offset.
array([[ 0, 60, 77],
       [ 1, 46, 80]])
>>> labels = [trial.touch.astype(np.int8) for trial in trials]
>>> evaluate(labels, np.split(scores, 2), model.threshold).frame_accuracy
1.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models_ml.cnn.backbone import load_backbone
    from models_ml.cnn.frames import cnn_input, lag_images
    from models_ml.features.temporal import temporal_features, whacc_feature_set
    from models_ml.touches.detection import median_filter, touches_from_mask
    from models_ml.touches.evaluation import evaluate
    from models_ml.touches.touch_errors import touch_error_curve, touch_errors
    from models_ml.tracking.tracked_session import track_session
    from models_ml.trees.classifier import load as load_classifier

__all__ = [
    "cnn_input",
    "evaluate",
    "lag_images",
    "load_backbone",
    "load_classifier",
    "median_filter",
    "temporal_features",
    "touch_error_curve",
    "touch_errors",
    "touches_from_mask",
    "track_session",
    "whacc_feature_set",
]

# Where each name is defined: its module below models_ml, and its name there.
_HOMES = {
    "cnn_input": ("cnn.frames", "cnn_input"),
    "evaluate": ("touches.evaluation", "evaluate"),
    "lag_images": ("cnn.frames", "lag_images"),
    "load_backbone": ("cnn.backbone", "load_backbone"),
    "load_classifier": ("trees.classifier", "load"),
    "median_filter": ("touches.detection", "median_filter"),
    "temporal_features": ("features.temporal", "temporal_features"),
    "touch_error_curve": ("touches.touch_errors", "touch_error_curve"),
    "touch_errors": ("touches.touch_errors", "touch_errors"),
    "touches_from_mask": ("touches.detection", "touches_from_mask"),
    "track_session": ("tracking.tracked_session", "track_session"),
    "whacc_feature_set": ("features.temporal", "whacc_feature_set"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, name_there = _HOMES[name]
    return getattr(import_module(f"{__name__}.{module}"), name_there)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*globals(), *__all__])
