"""Progress of a search: trees trained so far, and an estimate of their final number."""

import math
import time
from collections.abc import Callable, Sequence

from models_ml.trees.parameters import ClassifierParameters

Progress = Callable[[str, int, int], None]

STAGE = "training (estimated)"

# The estimate for a training before any has ended.
_TREES_EXPECTED = 200


class SearchProgress:
    """Reports the progress of a search after each tree.

    Parameters
    ----------
    progress : callable
        Called with the stage, the number of trees since this object was created, and
        the final number of trees. The final number is an estimate until the search
        ends.
    n_trainings : int
        Largest number of trainings of the search.
    minutes : float or None
        No training starts after this many minutes; None for no limit.
    parameters : ClassifierParameters
        Parameters that limit the number of trees of a training.
    earlier : sequence of tuple of int and float
        Number of trees and seconds of each training before an interruption.
    """

    def __init__(
        self,
        progress: Progress,
        *,
        n_trainings: int,
        minutes: float | None,
        parameters: ClassifierParameters,
        earlier: Sequence[tuple[int, float]] = (),
    ) -> None:
        self._progress, self._parameters = progress, parameters
        self._n_left = n_trainings - len(earlier)
        self._ends_at = math.inf
        self._began = time.monotonic()
        if minutes is not None:
            spent = sum(seconds for _, seconds in earlier)
            self._ends_at = self._began + 60 * minutes - spent
        self._trees_per_training = [n_trees for n_trees, _ in earlier]
        # Trees of trainings that ended since this object was created, and their number.
        self._n_trees = self._n_ended = 0
        # Of the training that runs: its trees, and its best value with the tree number.
        self._n_current = 0
        self._best = (math.inf, 0)
        self._report()

    def tree_trained(self, number: int, value: float) -> None:
        """Count a tree of the training that runs.

        Parameters
        ----------
        number : int
            Number of the tree within its training, from 0.
        value : float
            Validation value of the training with this tree; lower is better.
        """
        self._n_current = number + 1
        self._best = min(self._best, (value, number + 1))
        self._report()

    def training_ended(self) -> None:
        """Count the training that ran as ended."""
        self._trees_per_training.append(self._n_current)
        self._n_trees += self._n_current
        self._n_left -= 1
        self._n_ended += 1
        self._n_current, self._best = 0, (math.inf, 0)

    def search_ended(self) -> None:
        """Report that all trees are trained."""
        self._progress(STAGE, self._n_trees, self._n_trees)

    def _report(self) -> None:
        done = self._n_trees + self._n_current
        self._progress(STAGE, done, max(done + 1, self._n_trees + self._expected()))

    def _expected(self) -> int:
        """Return the estimated number of trees from the current training on."""
        counts = self._trees_per_training
        typical = sum(counts) / len(counts) if counts else _TREES_EXPECTED
        limits = self._parameters
        in_current = max(typical, self._best[1] + limits.early_stopping_round)
        in_others = typical * max(self._n_trainings_left() - 1, 0)
        return math.ceil(min(in_current, limits.num_iterations) + in_others)

    def _n_trainings_left(self) -> int:
        """Return the estimated number of trainings, including the current one."""
        now = time.monotonic()
        if math.isinf(self._ends_at) or not self._n_ended:
            return self._n_left
        seconds_each = (now - self._began) / self._n_ended
        n_affordable = math.ceil(max(self._ends_at - now, 0) / seconds_each)
        return min(self._n_left, n_affordable + 1)
