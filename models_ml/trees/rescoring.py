"""From kept units to scores: all that is left to do after a retrain.

The trees look at some of their columns only. The others are not computed, and LightGBM
is not given them: it takes every column of every frame in its hand before the trees do.
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
    """A classifier on what is kept of units.

    Parameters
    ----------
    classifier : Classifier
        The trees.
    feature_set : FeatureSet
        What they were grown on.
    unit_set : UnitSet
        What is kept; enough for the feature set.

    Raises
    ------
    ValueError
        If the classifier takes another number of columns than the feature set has.
    """

    def __init__(
        self, classifier: Classifier, feature_set: FeatureSet, unit_set: UnitSet
    ) -> None:
        if classifier.n_columns != feature_set.n_columns:
            raise ValueError(
                f"Expected a classifier of the {feature_set.n_columns} columns of "
                f"feature set {feature_set.name}; it takes {classifier.n_columns}."
            )
        columns, trees = on_used_columns(classifier.text)
        self._classifier = Classifier.from_text(trees)
        self._feature_set = feature_set.only(columns)
        self._unit_set = unit_set

    def scores(self, trials: Sequence[Units]) -> list[Float64s]:
        """Return the raw score of each frame, trial by trial.

        Parameters
        ----------
        trials : sequence of array of float32, shape (n_frames, n_kept)
            As `UnitSet.kept` returns them. LightGBM takes milliseconds to begin, so
            ten thousand frames at once take less time than trial after trial.

        Returns
        -------
        scores : list of array of float64, shape (n_frames,)
            Exactly those that the classifier gives to all features of the trial.

        Raises
        ------
        ValueError
            If what is kept is not what the unit set says, or a unit is not finite.
        """
        return self._classified(self._featured(trials))

    def scores_of_batches(
        self, batches: Iterable[Sequence[Units]]
    ) -> Generator[list[Float64s]]:
        """Yield the raw scores of each batch of trials.

        Parameters
        ----------
        batches : iterable of sequence of array of float32, shape (n_frames, n_kept)
            As `scores` takes one. While LightGBM scores a batch, the features of the
            next are computed, and the one after it is taken.

        Yields
        ------
        scores : list of array of float64, shape (n_frames,)
            As `scores` returns them.

        Raises
        ------
        ValueError
            As `scores`, when the batch's turn comes.
        """
        yield from in_stages(batches, [self._featured, self._classified])

    def _featured(self, trials: Sequence[Units]) -> tuple[Units, list[int]]:
        lengths = [len(kept) for kept in trials]
        if not trials:
            return np.empty((0, self._feature_set.n_columns), np.float32), lengths
        kept = trials[0] if len(trials) == 1 else np.concatenate(trials)
        return self._unit_set.features(kept, self._feature_set, lengths), lengths

    def _classified(self, featured: tuple[Units, list[int]]) -> list[Float64s]:
        features, lengths = featured
        ends = np.cumsum(lengths)
        return np.split(self._classifier.scores(features), ends[:-1]) if lengths else []
