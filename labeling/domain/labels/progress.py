"""Labelling progress: how many assigned frames are labelled, and how fast."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from labeling.models import Assignment, Label, User


@dataclass(frozen=True, slots=True, kw_only=True)
class LabellingProgress:
    """How many of the assigned frames are labelled."""

    labelled: int
    total: int

    @property
    def percent(self) -> int:
        """The labelled share in whole percent, rounded down."""
        return 100 * self.labelled // self.total if self.total else 0


# The id of the subset in whose queue an assignment is.
QUEUE = Coalesce("mixed_into", "clip__subset")


def progress_by(
    key: str, assignments: QuerySet[Assignment]
) -> dict[int, LabellingProgress]:
    """Return the progress of assignments, summed by annotator or by queue."""
    frames = F("clip__stop") - F("clip__start")
    of_assignment = QUEUE if key == "queue" else F(key)
    queue_of_label = Coalesce("assignment__mixed_into", "assignment__clip__subset")
    of_label = queue_of_label if key == "queue" else F(f"assignment__{key}")
    groups = assignments.order_by().values_list(of_assignment)
    totals = groups.annotate(total=Sum(frames))
    labels = Label.objects.filter(assignment__in=assignments)
    labelled = dict(labels.values_list(of_label).annotate(n=Count("pk")))
    return {
        group: LabellingProgress(labelled=labelled.get(group, 0), total=total)
        for group, total in totals
    }


def progress_in_subset(annotator: User, subset_id: int) -> LabellingProgress:
    """Return the progress of one annotator in one subset."""
    queue = Assignment.objects.active().queued_in(subset_id)
    by_annotator = progress_by("annotator", queue.filter(annotator=annotator))
    return by_annotator.get(annotator.pk, LabellingProgress(labelled=0, total=0))


# Longer pauses do not count as active time.
IDLE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The labels of an annotator in a subset, and the active time they took."""

    active_seconds: float
    last_made_at: datetime | None
    labelled: int
    touches: int

    @property
    def frames_per_minute(self) -> float | None:
        """Labelled frames per minute of active time; None without active time."""
        return self._per_minute(self.labelled)

    @property
    def touches_per_minute(self) -> float | None:
        """Touches per minute of active time; None without active time."""
        return self._per_minute(self.touches)

    def _per_minute(self, count: int) -> float | None:
        return 60 * count / self.active_seconds if self.active_seconds else None


def work_in_subset(annotator: User, subset_id: int) -> Work:
    """Return the work of one annotator in one subset, from the log of operations.

    Times are those of the annotator's computer. A pause between two operations counts
    as active time if it is at most `IDLE_SECONDS`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(extract(epoch FROM sum(pause) FILTER
            (WHERE pause <= make_interval(secs => %s))), 0)::float, max(made_at)
            FROM (SELECT made_at, made_at - lag(made_at) OVER (ORDER BY made_at)
                  AS pause FROM labeling_operation o
                  JOIN labeling_assignment a ON a.id = o.assignment_id
                  JOIN labeling_clip c ON c.id = a.clip_id
                  WHERE a.annotator_id = %s
                    AND coalesce(a.mixed_into_id, c.subset_id) = %s) AS made""",
            [IDLE_SECONDS, annotator.pk, subset_id],
        )
        active_seconds, last_made_at = cursor.fetchone()
        cursor.execute(
            """SELECT count(*), count(*) FILTER (WHERE value = 1 AND
            (before IS DISTINCT FROM 1 OR before_index <> index - 1))
            FROM (SELECT value, f.index, lag(value) OVER frames AS before,
                  lag(f.index) OVER frames AS before_index
                  FROM labeling_label l JOIN labeling_frame f ON f.id = l.frame_id
                  JOIN labeling_assignment a ON a.id = l.assignment_id
                  JOIN labeling_clip c ON c.id = a.clip_id
                  WHERE a.annotator_id = %s
                    AND coalesce(a.mixed_into_id, c.subset_id) = %s
                  WINDOW frames AS (PARTITION BY a.id ORDER BY f.index)) AS labelled""",
            [annotator.pk, subset_id],
        )
        labelled, touches = cursor.fetchone()
    return Work(
        active_seconds=active_seconds,
        last_made_at=last_made_at,
        labelled=labelled,
        touches=touches,
    )
