"""The tables that each label is written to: a batch of operations in few statements."""

import json
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from django.db import IntegrityError, connection

from labeling.domain.label_runs import UNLABELLED, Run, apply_runs
from labeling.models import Assignment, Operation

UNTOUCHED = -2


def append_operations(operations: Sequence[Operation]) -> None:
    """Add to the log; with Django's own insert, this was a third of a batch's work."""
    rows = [
        {
            "id": str(each.pk),
            "client": str(each.client),
            "sequence": each.sequence,
            "assignment_id": each.assignment_id,
            "made_on_revision": each.made_on_revision,
            "revision": each.revision,
            "applied": each.applied,
            "runs": each.runs,
            "note": each.note,
            "gesture": each.gesture,
            "undoes_id": each.undoes_id and str(each.undoes_id),
            "suggestion_shown": each.suggestion_shown,
            "made_at": each.made_at.isoformat(),
        }
        for each in operations
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO labeling_operation (id, client, sequence, assignment_id,
            made_on_revision, revision, applied, runs, note, gesture, undoes_id,
            suggestion_shown, made_at, recorded_at)
            SELECT made.*, CURRENT_TIMESTAMP FROM jsonb_to_recordset(%s::jsonb) AS made
            (id uuid, client uuid, sequence int, assignment_id bigint,
            made_on_revision int, revision int, applied bool, runs jsonb, note jsonb,
            gesture int, undoes_id uuid, suggestion_shown bool, made_at timestamptz)""",
            [json.dumps(rows)],
        )


class LabelChanges:
    """What operations make of a clip's frames, the latest last, until it is written."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.clip = assignment.clip
        self.values = np.full(self.clip.n_frames, UNTOUCHED, dtype=np.int8)
        self.shown = np.zeros(self.clip.n_frames, dtype=np.int8)

    def add(self, runs: Iterable[Run], *, suggestion_shown: bool) -> None:
        """Put runs over those that came before."""
        first = self.clip.start
        apply_runs(self.values, runs, first=first)
        for start, stop, _ in runs:
            self.shown[start - first : stop - first] = suggestion_shown

    def write(self) -> None:
        """Bring the table up to date, however many runs there are."""
        starts, stops = _runs_of_equals(self.values * 2 + self.shown)
        values, shown = self.values[starts], self.shown[starts].astype(bool)
        cleared, labelled = values == UNLABELLED, values > UNLABELLED
        starts, stops = starts + self.clip.start, stops + self.clip.start
        if cleared.any():
            self._clear(starts[cleared], stops[cleared])
        if labelled.any():
            self._label(
                starts[labelled], stops[labelled], values[labelled], shown[labelled]
            )

    def _clear(self, starts: npt.NDArray[np.intp], stops: npt.NDArray[np.intp]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """DELETE FROM labeling_label l
                USING labeling_frame f, unnest(%s::int[], %s::int[]) run (start, stop),
                generate_series(run.start, run.stop - 1) AS named (index)
                WHERE l.assignment_id = %s AND l.frame_id = f.id
                AND f.trial_id = %s AND f.index = named.index
                AND f.index >= %s AND f.index < %s""",
                [
                    *(starts.tolist(), stops.tolist(), self.assignment.pk),
                    *(self.clip.trial_id, int(starts[0]), int(stops[-1])),
                ],
            )

    def _label(
        self,
        starts: npt.NDArray[np.intp],
        stops: npt.NDArray[np.intp],
        values: npt.NDArray[np.int8],
        shown: npt.NDArray[np.bool_],
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO labeling_label
                (assignment_id, frame_id, value, suggestion_shown)
                SELECT %s, f.id, run.value, run.shown
                FROM unnest(%s::int[], %s::int[], %s::smallint[], %s::bool[])
                AS run (start, stop, value, shown),
                generate_series(run.start, run.stop - 1) AS named (index)
                JOIN labeling_frame f ON f.trial_id = %s AND f.index = named.index
                AND f.index >= %s AND f.index < %s
                ON CONFLICT (assignment_id, frame_id) DO UPDATE SET
                value = excluded.value, suggestion_shown = excluded.suggestion_shown""",
                [
                    *(self.assignment.pk, starts.tolist(), stops.tolist()),
                    *(values.tolist(), shown.tolist(), self.clip.trial_id),
                    # Bounds that follow from the runs: they let an index be used.
                    *(int(starts[0]), int(stops[-1])),
                ],
            )
            if cursor.rowcount != (stops - starts).sum():
                raise IntegrityError(f"frames of {self.clip} have no rows")


def _runs_of_equals(
    keys: npt.NDArray[np.int8],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where each maximal run of equal keys starts and stops."""
    edges = np.flatnonzero(np.diff(keys)) + 1
    return np.r_[0, edges], np.r_[edges, len(keys)]
