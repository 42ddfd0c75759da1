"""The plan of a training: parameters, search budget, missing values, callbacks."""

from dataclasses import dataclass, field

from models_ml.arrays import Mask
from models_ml.training.search import OnTraining, SearchBudget
from models_ml.training.search_store import SearchStore
from models_ml.trees.parameters import ClassifierParameters


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """How `models_ml.training.retrain.retrain` trains.

    Parameters
    ----------
    parameters : ClassifierParameters
        Parameters of the first training; a search varies some of them.
    budget : SearchBudget
        How many trainings the search may run, and for how long.
    edge_masks : array of bool, shape (n_masks, n_columns), or None
        Missing values near trial ends to train on; see
        `models_ml.training.edge_nans.edge_masks`. With None, there are none.
    search_store : SearchStore or None
        Where the search stores each finished training, so that an interrupted search
        continues. With None, it is not stored.
    on_training : callable
        Called after each training with its number, from 1, and the `Training`.
    """

    parameters: ClassifierParameters = field(default_factory=ClassifierParameters)
    budget: SearchBudget = field(default_factory=lambda: SearchBudget(n_trainings=1))
    edge_masks: Mask | None = None
    search_store: SearchStore | None = None
    on_training: OnTraining = lambda _number, _training: None
