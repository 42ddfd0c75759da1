"""Rescoring: from stored units to scores, the only work left after a retrain.

Trees split on some of their columns only. The other columns are not computed and not
passed to LightGBM, which would copy every column of every frame before it evaluates the
trees.
"""

from collections.abc import Generator, Iterable, Sequence

import numpy as np

from models_ml.arrays import Float64s, Units
from models_ml.features.feature_set import FeatureSet
from models_ml.features.unit_set import UnitSet
from models_ml.stages import in_stages
from models_ml.trees.classifier import Classifier
from models_ml.trees.model_text import on_used_columns


class Scorer:
    """A classifier that scores the stored columns of trials.

    Parameters
    ----------
    classifier : Classifier
        The classifier.
    feature_set : FeatureSet
        The feature set of the classifier.
    unit_set : UnitSet
        The set of the stored columns. It has all units and spreads that the feature set
        needs.

    Raises
    ------
    ValueError
        If the feature set and the classifier differ in their number of columns.
    """

    def __init__(
        self, classifier: Classifier, feature_set: FeatureSet, unit_set: UnitSet
    ) -> None:
        if classifier.n_columns != feature_set.n_columns:
            raise ValueError(
                f"The classifier has {classifier.n_columns} columns, but feature set "
                f"{feature_set.name} has {feature_set.n_columns}."
            )
        columns, trees = on_used_columns(classifier.text)
        self._classifier = Classifier.from_text(trees)
        self._feature_set = feature_set.only(columns)
        self._unit_set = unit_set

    def scores(self, trials: Sequence[Units]) -> list[Float64s]:
        """Return the raw scores of each trial.

        Parameters
        ----------
        trials : sequence of arrays of float32, shape (n_frames, n_stored)
            Stored columns of each trial, as `UnitSet.select` returns them. LightGBM
            takes milliseconds to start, so one call with ten thousand frames takes less
            time than one call for each trial.

        Returns
        -------
        scores : list of arrays of float64, shape (n_frames,)
            Exactly the scores of the classifier for all features of the trial; in
            [0, 1].

        Raises
        ------
        ValueError
            If the number of stored columns is wrong, if the feature set needs a column
            that is not stored, or if a unit is not finite.
        """
        return self._classify(self._compute_features(trials))

    def scores_of_batches(
        self, batches: Iterable[Sequence[Units]]
    ) -> Generator[list[Float64s]]:
        """Yield the raw scores of each batch of trials.

        Parameters
        ----------
        batches : iterable of sequences of arrays of float32, shape (n_frames, n_stored)
            Each batch is an argument of `scores`. While LightGBM scores a batch, the
            features of the next batch are computed, and the one after it is read.

        Yields
        ------
        scores : list of arrays of float64, shape (n_frames,)
            The scores of one batch; see `scores`.

        Raises
        ------
        ValueError
            For the same reasons as `scores`, at the batch that is wrong.
        """
        yield from in_stages(batches, [self._compute_features, self._classify])

    def _compute_features(self, trials: Sequence[Units]) -> tuple[Units, list[int]]:
        lengths = [len(columns) for columns in trials]
        if not trials:
            return np.empty((0, self._feature_set.n_columns), np.float32), lengths
        columns = trials[0] if len(trials) == 1 else np.concatenate(trials)
        return self._unit_set.features(columns, self._feature_set, lengths), lengths

    def _classify(
        self, features_and_lengths: tuple[Units, list[int]]
    ) -> list[Float64s]:
        features, lengths = features_and_lengths
        ends = np.cumsum(lengths)
        return np.split(self._classifier.scores(features), ends[:-1]) if lengths else []
