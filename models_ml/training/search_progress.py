"""How far a search is: trees grown, and how many there will be, as far as is known."""

import math
import time
from collections.abc import Callable, Sequence

from models_ml.trees.parameters import ClassifierParameters

Report = Callable[[str, int, int], None]

STAGE = "growing trees, their number estimated"

# Until a training has ended, nothing tells how many trees one takes.
_TREES_EXPECTED = 200


class SearchProgress:
    """Says after each tree where a search stands.

    Parameters
    ----------
    report : callable
        Told the stage, the trees grown since this began, and how many there will be:
        an estimate, until the last has been grown.
    n_trainings : int
        How many trainings there are at most.
    minutes : float or None
        No training is begun after so long.
    growth : ClassifierParameters
        How many trees a training grows at most, and after how many without a better
        one it ends.
    earlier : sequence of tuple of int and float
        Trees and seconds of the trainings that an interrupted search of the same did.
    """

    def __init__(
        self,
        report: Report,
        *,
        n_trainings: int,
        minutes: float | None,
        growth: ClassifierParameters,
        earlier: Sequence[tuple[int, float]] = (),
    ) -> None:
        self._report, self._growth = report, growth
        self._n_left = n_trainings - len(earlier)
        self._ends_at = math.inf
        self._began = time.monotonic()
        if minutes is not None:
            spent = sum(seconds for _, seconds in earlier)
            self._ends_at = self._began + 60 * minutes - spent
        self._ended, self._n_grown = [n_trees for n_trees, _ in earlier], 0
        self._n_here = self._n_ended_here = 0
        self._best = (math.inf, 0)
        self._say()

    def tree(self, number: int, value: float) -> None:
        """Take note of a tree.

        Parameters
        ----------
        number : int
            Of the tree in its training, from 0.
        value : float
            What the training has reached with it.
        """
        self._n_here = number + 1
        self._best = min(self._best, (value, number + 1))
        self._say()

    def training_ended(self) -> None:
        """Take note that a training has ended."""
        self._ended.append(self._n_here)
        self._n_grown += self._n_here
        self._n_left -= 1
        self._n_ended_here += 1
        self._n_here, self._best = 0, (math.inf, 0)

    def search_ended(self) -> None:
        """Say that all trees have been grown."""
        self._report(STAGE, self._n_grown, self._n_grown)

    def _say(self) -> None:
        grown = self._n_grown + self._n_here
        self._report(STAGE, grown, max(grown + 1, self._n_grown + self._expected()))

    def _expected(self) -> int:
        """Return how many trees are to be expected from this training on."""
        typical = (
            sum(self._ended) / len(self._ended) if self._ended else _TREES_EXPECTED
        )
        in_this = max(typical, self._best[1] + self._growth.stop_after)
        in_others = typical * max(self._n_trainings_left() - 1, 0)
        return math.ceil(min(in_this, self._growth.n_rounds) + in_others)

    def _n_trainings_left(self) -> int:
        """Return how many trainings there will be, the one that runs included."""
        now = time.monotonic()
        if math.isinf(self._ends_at) or not self._n_ended_here:
            return self._n_left
        seconds_each = (now - self._began) / self._n_ended_here
        n_affordable = math.ceil(max(self._ends_at - now, 0) / seconds_each)
        return min(self._n_left, n_affordable + 1)
