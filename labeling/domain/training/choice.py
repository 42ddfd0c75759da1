"""What an admin chooses for a retrain, and the limits of each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from labeling.domain.labels.sources import MAJORITY, LabelSource
from labeling.domain.permissions import require_admin
from labeling.errors import LabelingError
from labeling.models import ModelVersion, Subset, User
from models_ml.cnn_training.plan import FineTuningPlan, default_plan
from models_ml.training.search import SearchBudget

NEW_DATA_WEIGHT = WEIGHT_MIN = 2.0
WEIGHT_MAX = 100.0
N_TRAININGS, N_TRAININGS_MAX = 5, 1000
CNN_STEPS_MAX = 20_000
MINUTES_MAX = 7 * 24 * 60
# Each training adds its number to the seed, and LightGBM takes seeds below 2**31.
SEED_MAX = 2**31 - 1 - N_TRAININGS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainingChoice:
    """The subsets, the label source and the options of one retrain.

    Without a parent, the retrain starts from the latest version. Without a number of
    steps, the CNN is trained for as many as its kind needs.
    """

    subsets: Sequence[Subset]
    source: LabelSource = MAJORITY
    parent: ModelVersion | None = None
    weight: float = NEW_DATA_WEIGHT
    trains_cnn: bool = True
    cnn_steps: int | None = None
    with_shipped_data: bool = True
    n_trainings: int = N_TRAININGS
    minutes: float | None = None
    seed: int = 0
    rescore: bool = False

    @property
    def budget(self) -> SearchBudget:
        """When the hyperparameter search ends."""
        return SearchBudget(n_trainings=self.n_trainings, minutes=self.minutes)

    def cnn_plan(self, kind: str) -> FineTuningPlan:
        """Return how a CNN of this kind is trained."""
        plan = default_plan(kind, seed=self.seed)
        return plan if self.cnn_steps is None else replace(plan, n_steps=self.cnn_steps)

    def check(self, user: User | None) -> None:
        """Refuse numbers outside their limits, and users who may not retrain."""
        check_may_retrain(user)
        _check_within("weight", self.weight, WEIGHT_MIN, WEIGHT_MAX)
        _check_within("number of trainings", self.n_trainings, 1, N_TRAININGS_MAX)
        _check_within("seed", self.seed, 0, SEED_MAX)
        if self.cnn_steps is not None:
            _check_within("number of steps", self.cnn_steps, 1, CNN_STEPS_MAX)
        if self.minutes is not None:
            _check_within("number of minutes", self.minutes, 0, MINUTES_MAX)

    def as_parameters(self) -> dict[str, Any]:
        """Return the choice as the JSON parameters of a job."""
        return {
            "subsets": [subset.pk for subset in self.subsets],
            "source": str(self.source),
            "parent": self.parent and self.parent.pk,
            "weight": self.weight,
            "trains_cnn": self.trains_cnn,
            "cnn_steps": self.cnn_steps,
            "with_shipped_data": self.with_shipped_data,
            "n_trainings": self.n_trainings,
            "minutes": self.minutes,
            "seed": self.seed,
            "rescore": self.rescore,
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Return the choice that a job's parameters describe."""
        subsets = list(Subset.objects.filter(pk__in=parameters["subsets"]))
        if len(subsets) < len(parameters["subsets"]):
            raise LabelingError(
                "Some of the chosen subsets no longer exist. Choose subsets again."
            )
        parent = parameters["parent"]
        return cls(
            **{
                # Jobs of early versions train no CNN, and name no source.
                "trains_cnn": False,
                **parameters,
                "subsets": subsets,
                "source": LabelSource.parse(parameters.get("source", str(MAJORITY))),
                "parent": ModelVersion.objects.get(pk=parent) if parent else None,
            }
        )


def _check_within(what: str, value: float, low: float, high: float) -> None:
    # NaN is within nothing.
    if not low <= value <= high:
        raise LabelingError(
            f"The {what} is {value}. Choose one from {low:g} to {high:g}."
        )


def check_may_retrain(user: User | None) -> None:
    """Refuse users who may not train versions, nor score sessions with them."""
    require_admin(user, "train or score")
