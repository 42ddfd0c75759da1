"""Importance: the share of the gain of each family of features of a classifier."""

from dataclasses import dataclass

import numpy as np

from models_ml.features.feature_set import FeatureSet
from models_ml.trees.classifier import Classifier


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyGain:
    """The gain of one family of feature columns.

    Parameters
    ----------
    family : str
        Transform of the columns, such as ``rolling_mean``; for spreads over all units
        with the prefix ``spread of``.
    n_columns : int
        Number of columns of the family.
    n_used : int
        Number of these columns that a tree splits on.
    gain : float
        Decrease of the training loss by splits on the family, as a fraction of the
        decrease by all splits; in [0, 1].
    """

    family: str
    n_columns: int
    n_used: int
    gain: float


def gain_by_family(
    classifier: Classifier, feature_set: FeatureSet
) -> tuple[FamilyGain, ...]:
    """Return the gain of each family of features of a classifier.

    Parameters
    ----------
    classifier : Classifier
        A classifier.
    feature_set : FeatureSet
        The feature set of the classifier.

    Returns
    -------
    families : tuple of FamilyGain
        In descending order of gain. The gains add up to 1, or to 0 when the classifier
        has no split.

    Raises
    ------
    ValueError
        If the feature set and the classifier differ in their number of columns.
    """
    gains = classifier.gains
    if len(gains) != feature_set.n_columns:
        raise ValueError(
            f"The classifier has {len(gains)} columns, but feature set "
            f"{feature_set.name} has {feature_set.n_columns}."
        )
    names = np.array(
        [
            block.transform if block.units else f"spread of {block.transform}"
            for block in feature_set.blocks
            for _ in range(block.n_columns)
        ]
    )
    total = float(gains.sum()) or 1.0
    families = [
        FamilyGain(
            family=str(name),
            n_columns=int((names == name).sum()),
            n_used=int((gains[names == name] > 0).sum()),
            gain=float(gains[names == name].sum()) / total,
        )
        for name in np.unique(names)
    ]
    return tuple(sorted(families, key=lambda each: (-each.gain, each.family)))
