"""What a retrain of the CNN and the trees needs, and the parts that it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models_ml.arrays import LabelValues
from models_ml.cnn.backbone import Backbone
from models_ml.cnn_training.fine_tune import fine_tune
from models_ml.cnn_training.plan import FineTuningPlan
from models_ml.cnn_training.recordings import LabelledRecordings
from models_ml.training.fit import (
    Fit,
    TrainingData,
    fit_with_folds,
    fit_with_validation,
)
from models_ml.training.labelled_trials import LabelledTrial, split_by_role
from models_ml.training.plan import TrainingPlan
from models_ml.training.search import SearchBudget
from models_ml.training.search_progress import Progress
from models_ml.trees.classifier import Classifier

# Units of learned frames are clearer than those of new frames. Small trees with strong
# regularisation rely less on this. All values are within the search space.
_CNN_TREES: dict[str, Any] = {
    "num_leaves": 7,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.5,
    "lambda_l2": 10.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The model that a retrain starts from.

    Parameters
    ----------
    backbone : Backbone
        Its CNN.
    weights_path : Path
        The weights file of the CNN.
    classifier : Classifier
        Its trees.
    threshold : float
        Its threshold; in [0, 1].
    has_learned : bool
        Whether it learned from labels of recordings in an earlier retrain. Training
        labels then cannot judge it: it may know them by heart.
    """

    backbone: Backbone
    weights_path: Path
    classifier: Classifier
    threshold: float
    has_learned: bool = False


@dataclass(frozen=True, kw_only=True)
class RetrainRequest:
    """What `models_ml.cnn_training.cnn_and_trees.retrain_cnn_and_trees` needs.

    Parameters
    ----------
    recordings : LabelledRecordings
        Labelled trials of the sessions that the model is for.
    parent : Parent
        The model in use.
    old_trials : sequence of LabelledTrial
        Trials of earlier trainings, as features of the parent's CNN. Trees alone are
        trained with them and without; a new CNN has other units, so its trees are
        trained without them.
    plan : TrainingPlan
        How the trees are trained. Candidates are compared with one training each; the
        search runs for the best of them.
    cnn_plan : FineTuningPlan
        How the CNN is trained.
    scratch : Path
        Folder for the weights of CNNs that are tried. The caller removes it.
    checkpoints : Path or None
        Folder in which the states of interrupted trainings are stored; with None, they
        are not stored.
    progress : callable
        Called with the stage, the number of steps done, and of all steps.
    """

    recordings: LabelledRecordings
    parent: Parent
    plan: TrainingPlan
    cnn_plan: FineTuningPlan
    scratch: Path
    old_trials: Sequence[LabelledTrial] = ()
    checkpoints: Path | None = None
    progress: Progress = lambda _stage, _done, _total: None

    def one_training(self) -> TrainingPlan:
        """Return the plan by which candidates are compared: a single training."""
        return replace(
            self.plan,
            budget=SearchBudget(n_trainings=1),
            search_store=None,
            on_training=lambda _number, _training: None,
        )

    def for_cnn(self, plan: TrainingPlan) -> TrainingPlan:
        """Return a plan for trees on units of a CNN that learned the same frames."""
        return replace(plan, parameters=replace(plan.parameters, **_CNN_TREES))

    def trees(
        self,
        trials: Sequence[LabelledTrial],
        further: Sequence[LabelledTrial],
        plan: TrainingPlan,
    ) -> Fit:
        """Train trees on trials, and on further ones that never judge.

        Parameters
        ----------
        trials : sequence of LabelledTrial
            Trials of all roles.
        further : sequence of LabelledTrial
            Old trials or views.
        plan : TrainingPlan
            How the trees are trained.
        """
        train, validation, _ = split_by_role(trials)
        data = TrainingData(train=train, validation=validation, old=further)
        fit = fit_with_validation if validation else fit_with_folds
        return fit(data, plan, self.progress)

    def tuned(self, name: str, labels: Mapping[int, LabelValues]) -> Path:
        """Train the CNN, and return the path of its new weights.

        Parameters
        ----------
        name : str
            Name of the weights file and of the checkpoint.
        labels : mapping of int to array
            Labels of training trials in place of all of them.
        """
        images = self.recordings.images("train", labels)
        if images is None:
            raise AssertionError("a CNN is only trained where there are labels")
        tuned = fine_tune(
            self.parent.backbone,
            self.parent.weights_path,
            images,
            validation=self.recordings.images("validation"),
            plan=self.cnn_plan,
            checkpoint_path=self.checkpoints and self.checkpoints / f"{name}.npz",
            progress=self.progress,
        )
        path = self.scratch / f"{name}.weights.h5"
        path.write_bytes(tuned.weights)
        return path

    def views(
        self, network: Backbone, labels: Mapping[int, LabelValues] | None = None
    ) -> list[LabelledTrial]:
        """Return views of the labelled parts of training trials."""
        self.progress("computing features of views", 0, 1)
        return self.recordings.views(network, labels, seed=self.cnn_plan.seed)
