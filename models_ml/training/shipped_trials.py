"""The training trials of the shipped classifier, for use in later trainings."""

import numpy as np

from models_ml.features.feature_set import FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.shipped import shipped_training_units
from models_ml.training.labelled_trials import LabelledTrial


def shipped_trials(feature_set: FeatureSet, *, weight: float) -> list[LabelledTrial]:
    """Return the training trials of the shipped classifier.

    Parameters
    ----------
    feature_set : FeatureSet
        The shipped feature set.
    weight : float
        Training weight of each frame; above 0.

    Returns
    -------
    trials : list of LabelledTrial
        Trials with the role "train", for `models_ml.training.retrain.retrain`.
    """
    shipped = shipped_training_units()
    features = temporal_features(shipped.units, shipped.trial_lengths, feature_set)
    ends = np.cumsum(shipped.trial_lengths)[:-1]
    return [
        LabelledTrial(
            features=of_trial,
            labels=touch.astype(np.int8),
            role="train",
            weight=weight,
        )
        for of_trial, touch in zip(
            np.split(features, ends), np.split(shipped.touch, ends), strict=True
        )
    ]
