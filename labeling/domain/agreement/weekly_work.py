"""Annotators' work by week: labels, touches and active time.

Everything is computed from the log of operations, by the annotators' own clocks. Weeks
are ISO 8601 weeks in UTC, written as numbers: 202647 is the 47th week of 2026.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection

from labeling.domain.labels.progress import IDLE_SECONDS
from labeling.models import Label, User
from models_ml.arrays import UNLABELLED, LabelValues

NO_WEEK = -1
WEEK = """(extract(isoyear FROM o.made_at AT TIME ZONE 'UTC') * 100
    + extract(week FROM o.made_at AT TIME ZONE 'UTC'))::int"""
# As PostgreSQL packs runs: network byte order.
PACKED = np.dtype(
    [("start", ">i4"), ("stop", ">i4"), ("value", ">i4"), ("week", ">i4")]
)

Weeks = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledClip:
    """The labels of one assignment of a clip, and the week in which each was made.

    Labels of a quality check (`is_test`) do not count towards the consensus.
    """

    annotator: int
    pass_number: int
    is_test: bool
    trial: int
    start: int
    values: LabelValues
    weeks: Weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekOfWork:
    """An annotator's work in a week.

    `frames` counts the current labels that were made in the week, `touches` the current
    touches whose first label was made in it.
    """

    annotator: int
    week: int
    active_seconds: float
    frames: int
    touches: int


def labelled_clips(annotator: User | None = None) -> Iterator[LabelledClip]:
    """Yield the clips with labels of an annotator; None: of all annotators.

    Clips are ordered by pass number, then by assignment.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT a.annotator_id, a.pass_number, a.mixed_into_id IS NOT NULL,
                c.trial_id, c.start, c.stop,
                string_agg(int4send((r.run->>0)::int) || int4send((r.run->>1)::int)
                    || int4send(coalesce((r.run->>2)::int, -1)) || int4send({WEEK}),
                    ''::bytea ORDER BY o.revision, r.position)
            FROM labeling_operation o
            JOIN labeling_assignment a ON a.id = o.assignment_id
            JOIN labeling_clip c ON c.id = a.clip_id
            CROSS JOIN LATERAL jsonb_array_elements(o.runs)
                WITH ORDINALITY AS r(run, position)
            WHERE o.applied AND (%s::bigint IS NULL OR a.annotator_id = %s)
            GROUP BY a.id, c.id ORDER BY a.pass_number, a.id""",  # noqa: S608
            [annotator.pk if annotator else None] * 2,
        )
        for pk, number, is_test, trial, start, stop, packed in cursor.fetchall():
            values, weeks = _replayed(np.frombuffer(packed, PACKED), start, stop)
            yield LabelledClip(
                annotator=pk,
                pass_number=number,
                is_test=is_test,
                trial=trial,
                start=start,
                values=values,
                weeks=weeks,
            )


def _replayed(
    runs: npt.NDArray[np.void], start: int, stop: int
) -> tuple[LabelValues, Weeks]:
    """Return the last label of each frame and the week in which it was made."""
    lengths = (runs["stop"] - runs["start"]).astype(np.int64)
    run = np.repeat(np.arange(len(runs)), lengths)
    within = np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    frames = runs["start"].astype(np.int64)[run] - start + within
    # np.unique returns the first occurrence: in reversed order, the last label.
    labelled, position = np.unique(frames[::-1], return_index=True)
    last_run = run[::-1][position]
    values = np.full(stop - start, UNLABELLED, np.int8)
    weeks = np.full(stop - start, NO_WEEK, np.int32)
    values[labelled] = runs["value"][last_run]
    weeks[labelled] = runs["week"][last_run]
    weeks[values == UNLABELLED] = NO_WEEK
    return values, weeks


def weekly_work(annotator: User | None = None) -> list[WeekOfWork]:
    """Return the work of an annotator in each week; None: of all annotators."""
    frames: dict[tuple[int, int], int] = {}
    touches: dict[tuple[int, int], int] = {}
    for clip in labelled_clips(annotator):
        is_touch = clip.values == Label.Value.TOUCH
        is_onset = is_touch & ~np.r_[False, is_touch[:-1]]
        for counts, mask in ((frames, clip.weeks != NO_WEEK), (touches, is_onset)):
            weeks, times = np.unique(clip.weeks[mask], return_counts=True)
            for week, n in zip(weeks.tolist(), times.tolist(), strict=True):
                key = clip.annotator, week
                counts[key] = counts.get(key, 0) + n
    return [
        WeekOfWork(
            annotator=key[0],
            week=key[1],
            active_seconds=seconds,
            frames=frames.get(key, 0),
            touches=touches.get(key, 0),
        )
        for key, seconds in _active_seconds(annotator).items()
    ]


def _active_seconds(annotator: User | None) -> dict[tuple[int, int], float]:
    """Return the active time by annotator and week, in the order of the weeks.

    A pause between two operations counts as work if it is at most `IDLE_SECONDS`,
    even if the operations are on different clips.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT annotator_id, week, coalesce(extract(epoch FROM sum(pause)
                FILTER (WHERE pause <= make_interval(secs => %s))), 0)::float
            FROM (SELECT a.annotator_id, {WEEK} AS week, o.made_at - lag(o.made_at)
                  OVER (PARTITION BY a.annotator_id ORDER BY o.made_at) AS pause
                  FROM labeling_operation o
                  JOIN labeling_assignment a ON a.id = o.assignment_id
                  WHERE %s::bigint IS NULL OR a.annotator_id = %s) AS made
            GROUP BY annotator_id, week ORDER BY week, annotator_id""",  # noqa: S608
            [IDLE_SECONDS, *[annotator.pk if annotator else None] * 2],
        )
        return {(pk, week): seconds for pk, week, seconds in cursor.fetchall()}


def monday_of(week: int) -> date:
    """Return the first day of a week."""
    return date.fromisocalendar(week // 100, week % 100, 1)


def week_name(week: int) -> str:
    """Return a week in the spelling of ISO 8601: 2026-W47."""
    return f"{week // 100}-W{week % 100:02}"
