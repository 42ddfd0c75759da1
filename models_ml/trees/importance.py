"""Which families of features a classifier lives on."""

from dataclasses import dataclass

import numpy as np

from models_ml.features.feature_set import FeatureSet
from models_ml.trees.classifier import Classifier


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyGain:
    """What one family of feature columns brings.

    Parameters
    ----------
    family : str
        The operation of the columns, such as ``rolling_mean``; ``spread of`` before it
        where they are standard deviations over all units.
    n_columns : int
        Columns of the family.
    n_used : int
        Those that some tree looks at.
    gain : float
        Share of the loss that splits on them took away; in [0, 1].
    """

    family: str
    n_columns: int
    n_used: int
    gain: float


def gain_by_family(
    classifier: Classifier, feature_set: FeatureSet
) -> tuple[FamilyGain, ...]:
    """Return how much each family of features brings to a classifier.

    Parameters
    ----------
    classifier : Classifier
        Any.
    feature_set : FeatureSet
        The columns that it takes.

    Returns
    -------
    families : tuple of FamilyGain
        The most gain first; the shares add up to 1, or to 0 without a single split.

    Raises
    ------
    ValueError
        If the feature set has another number of columns.
    """
    gains = classifier.gains
    if len(gains) != feature_set.n_columns:
        raise ValueError(
            f"Expected the {len(gains)} columns that the classifier takes; feature set "
            f"{feature_set.name} has {feature_set.n_columns}."
        )
    names = np.array(
        [
            block.operation if block.units else f"spread of {block.operation}"
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
