"""The trials that the shipped classifier learned from, to keep learning from them."""

import numpy as np

from models_ml.features.feature_set import FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.shipped import shipped_training_units
from models_ml.training.labelled_trials import LabelledTrial


def shipped_trials(feature_set: FeatureSet, *, weight: float) -> list[LabelledTrial]:
    """Return the trials that the shipped classifier learned from.

    Parameters
    ----------
    feature_set : FeatureSet
        The shipped one.
    weight : float
        How much each of their frames counts in a training.

    Returns
    -------
    trials : list of LabelledTrial
        For `models_ml.training.retrain.retrain` to keep learning from.
    """
    old = shipped_training_units()
    features = temporal_features(old.units, old.trial_lengths, feature_set)
    ends = np.cumsum(old.trial_lengths)[:-1]
    return [
        LabelledTrial(
            features=of_trial,
            labels=touch.astype(np.int8),
            role="train",
            weight=weight,
        )
        for of_trial, touch in zip(
            np.split(features, ends), np.split(old.touch, ends), strict=True
        )
    ]
