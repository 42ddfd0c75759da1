"""The table of labels: write the changes of a batch in at most two statements."""

from collections.abc import Iterable, Sequence

import numpy as np
from django.db import IntegrityError

from labeling.domain.labels.runs import Run
from labeling.domain.labels.statements import Statement, array
from labeling.models import Assignment
from models_ml.arrays import UNLABELLED, Int64s, LabelValues
from models_ml.intervals import equal_runs

UNTOUCHED = -2

CLEAR = """DELETE FROM labeling_label l
USING labeling_frame f, unnest(%s::int[], %s::int[]) run (start, stop),
generate_series(run.start, run.stop - 1) AS named (index)
WHERE l.assignment_id = %s AND l.frame_id = f.id
AND f.trial_id = %s AND f.index = named.index
AND f.index >= %s AND f.index < %s"""
SET = """INSERT INTO labeling_label (assignment_id, frame_id, value, suggestion_shown)
SELECT %s, f.id, run.value, run.shown
FROM unnest(%s::int[], %s::int[], %s::smallint[], %s::bool[])
AS run (start, stop, value, shown),
generate_series(run.start, run.stop - 1) AS named (index)
JOIN labeling_frame f ON f.trial_id = %s AND f.index = named.index
AND f.index >= %s AND f.index < %s
ON CONFLICT (assignment_id, frame_id) DO UPDATE SET
value = excluded.value, suggestion_shown = excluded.suggestion_shown"""


class LabelChanges:
    """The changes of a clip's labels by a batch of operations; later ones override."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.clip = assignment.clip
        # The new state of a frame: twice its label, plus 1 if a suggestion was shown.
        self.become = np.full(self.clip.n_frames, UNTOUCHED, dtype=np.int8)
        self.n_labelled = 0

    def add(self, runs: Iterable[Run], *, suggestion_shown: bool) -> None:
        """Add the runs of an operation; they override earlier ones."""
        first = self.clip.start
        for start, stop, value in runs:
            self.become[start - first : stop - first] = (
                UNLABELLED if value is None else 2 * value + suggestion_shown
            )

    def statements(self) -> list[Statement]:
        """Return the statements that write all changes."""
        starts, stops = equal_runs(self.become)
        become = self.become[starts]
        starts, stops = starts + self.clip.start, stops + self.clip.start
        cleared, labelled = become == UNLABELLED, become > UNLABELLED
        self.n_labelled = int((stops - starts)[labelled].sum())
        statements = []
        if cleared.any():
            statements.append(self._clear(starts[cleared], stops[cleared]))
        if labelled.any():
            runs = starts[labelled], stops[labelled]
            statements.append(self._set(*runs, become[labelled]))
        return statements

    def check(self, n_rows: Sequence[int]) -> None:
        """Raise unless each labelled frame has become a row."""
        if self.n_labelled and n_rows[-1] != self.n_labelled:
            raise IntegrityError(f"frames of {self.clip} have no rows")

    def _clear(self, starts: Int64s, stops: Int64s) -> Statement:
        runs = array(starts.tolist()), array(stops.tolist())
        return CLEAR, [*runs, self.assignment.pk, *self._where(starts, stops)]

    def _set(
        self,
        starts: Int64s,
        stops: Int64s,
        become: LabelValues,
    ) -> Statement:
        columns = starts, stops, become // 2, become % 2
        return SET, [
            self.assignment.pk,
            *(array(each.tolist()) for each in columns),
            *self._where(starts, stops),
        ]

    def _where(self, starts: Int64s, stops: Int64s) -> list[int]:
        # These bounds follow from the runs, and let Postgres use an index.
        return [self.clip.trial_id, int(starts[0]), int(stops[-1])]
