"""Candidates with a new CNN: trees on the units of a CNN that learned from labels.

Without labels on validation trials, the labels of the training trials are divided into
folds. For each fold, a CNN and trees are trained on the other labels only, and judged
on the fold: a CNN that has learned a frame by heart is never judged on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models_ml.arrays import LabelValues, Scores
from models_ml.cnn.backbone import Backbone, load_backbone
from models_ml.cnn.frames import Channels
from models_ml.cnn_training.candidates import Candidate
from models_ml.cnn_training.recordings import Fold, folds_of
from models_ml.cnn_training.request import RetrainRequest
from models_ml.touches.evaluation import best_threshold, evaluate
from models_ml.training.fit import Fit
from models_ml.training.labelled_trials import (
    LabelledTrial,
    is_learnable,
    labelled_frames,
    n_labelled,
    split_by_role,
)
from models_ml.trees.classifier import train_classifier

# A CNN is trained for each fold, so there are fewer than for trees alone.
N_FOLDS = 3

CNN_NAMES: dict[Channels, str] = {
    "lags": "CNN and trees, frames t-2, t-1 and t",
    "still": "CNN and trees, frame t alone",
}


def cnn_candidates(
    request: RetrainRequest, trials: Sequence[LabelledTrial]
) -> list[Candidate]:
    """Return trees on the units of a new CNN, for each kind of its input.

    Parameters
    ----------
    request : RetrainRequest
        The retrain.
    trials : sequence of LabelledTrial
        All trials, with features of the parent's CNN.

    Returns
    -------
    candidates : list of Candidate
        None if the labels of training trials are all equal, or those of the folds.
    """
    train, validation, _ = split_by_role(trials)
    if not is_learnable(train):
        return []
    return _with_validation(request) if validation else _with_folds(request, trials)


def _with_validation(request: RetrainRequest) -> list[Candidate]:
    path = request.tuned("cnn", {})
    plan = request.for_cnn(request.one_training())
    candidates = []
    for channels, name in CNN_NAMES.items():
        network = load_backbone(request.parent.backbone.kind, path, channels=channels)
        trials = request.recordings.trials(network)
        fit = request.trees(trials, request.views(network), plan)
        candidates.append(
            Candidate(name=name, backbone=network, weights=path.read_bytes(), fit=fit)
        )
    return candidates


def _with_folds(
    request: RetrainRequest, trials: Sequence[LabelledTrial]
) -> list[Candidate]:
    # Few trials cannot tell how the speed of whiskers differs between trials, so the
    # CNN does not see it.
    kind = request.parent.backbone.kind
    judged = _Judged()
    for number, fold in enumerate(folds_of(request.recordings, N_FOLDS)):
        if not is_learnable(_with_labels(trials, fold.shown)):
            continue
        path = request.tuned(f"fold {number + 1}", fold.shown)
        judged.add(request, load_backbone(kind, path, channels="still"), fold)
    if not judged.labels:
        return []
    path = request.tuned("cnn", {})
    network = load_backbone(kind, path, channels="still")
    return [
        Candidate(
            name=CNN_NAMES["still"],
            backbone=network,
            weights=path.read_bytes(),
            fit=judged.fit(request, network),
        )
    ]


@dataclass(frozen=True, slots=True)
class _Judged:
    """Labels of folds, with the scores of trees that were trained on the others.

    Views of the hidden labels choose the threshold too: the next trial looks less like
    the labels than their neighbours do.
    """

    labels: list[LabelValues] = field(default_factory=list)
    scores: list[Scores] = field(default_factory=list)
    labels_in_views: list[LabelValues] = field(default_factory=list)
    scores_in_views: list[Scores] = field(default_factory=list)
    n_trees: list[int] = field(default_factory=list)

    def add(self, request: RetrainRequest, network: Backbone, fold: Fold) -> None:
        """Train trees on the labels that a fold shows, and score its hidden ones."""
        trials = request.recordings.trials(network)
        shown = _with_labels(trials, fold.shown)
        hidden = _with_labels(trials, fold.hidden)
        if not hidden:
            return
        views = request.views(network, fold.hidden)
        request.progress("training on folds", len(self.n_trees), N_FOLDS)
        classifier = train_classifier(
            labelled_frames([*shown, *request.views(network, fold.shown)]),
            validation=labelled_frames([*hidden, *views]),
            parameters=request.for_cnn(request.plan).parameters,
        )
        self.n_trees.append(classifier.n_trees)
        self.labels.extend(trial.labels for trial in hidden)
        self.scores.extend(classifier.scores(trial.features) for trial in hidden)
        self.labels_in_views.extend(trial.labels for trial in views)
        self.scores_in_views.extend(classifier.scores(each.features) for each in views)

    def fit(self, request: RetrainRequest, network: Backbone) -> Fit:
        """Train trees on all labels, with the threshold of the folds."""
        views = request.views(network)
        request.progress("training", 0, 1)
        parameters = replace(
            request.for_cnn(request.plan).parameters,
            num_iterations=int(np.median(self.n_trees)),
        )
        train, _, _ = split_by_role(request.recordings.trials(network))
        threshold = best_threshold(
            [*self.labels, *self.labels_in_views], [*self.scores, *self.scores_in_views]
        )
        return Fit(
            classifier=train_classifier(
                labelled_frames([*train, *views]), parameters=parameters
            ),
            threshold=threshold,
            validated_on="folds of training trials",
            validation=evaluate(self.labels, self.scores, threshold),
            parameters=parameters,
            trainings=(),
        )


def _with_labels(
    trials: Sequence[LabelledTrial], labels: Mapping[int, LabelValues]
) -> list[LabelledTrial]:
    """Return the trials with these labels, without those that have none."""
    found = [replace(trials[number], labels=of) for number, of in labels.items()]
    return [trial for trial in found if n_labelled(trial)]
