"""Annotators week by week, against the others, what is settled, and themselves.

Of the whole lab. Like a comparison it is kept until a label changes, and long ones are
made by a job.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from labeling.domain.agreement.comparison import FORMAT, is_quick
from labeling.domain.agreement.facts import facts_of, log_revisions
from labeling.domain.agreement.gathered_labels import ComparisonLabels, gathered_labels
from labeling.domain.agreement.scope import Scope, labels_blind
from labeling.domain.agreement.weekly_work import (
    NO_WEEK,
    WeekOfWork,
    Weeks,
    labelled_clips,
    weekly_work,
)
from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.jobs.queue import request_job
from labeling.domain.labels.decisions import standing_settlements
from labeling.domain.labels.sources import with_settled
from labeling.models import Assignment, Clip, Job, User, WeeklyComparison
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.agreement.periods import PeriodContrast, contrasts_by_period
from models_ml.arrays import UNLABELLED, LabelValues

LAB = Scope(None)
# By what one is held against, in the order in which pages show them.
OTHERS, SETTLED, AGAIN = "others", "settled", "again"
AGAINST = (OTHERS, SETTLED, AGAIN)

Result = dict[str, Any]
ByWeek = dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWeeks:
    """What a page can show now; without `everybody` it is of the user alone."""

    result: Result | None
    everybody: bool
    is_current: bool = True
    kept: WeeklyComparison | None = None
    job: Job | None = None


def sees_everybodys_weeks(user: User) -> bool:
    """Whether a user may know how others work; who still labels blind may not.

    An annotator learns nothing but of the own work: any figure of agreement would tell
    what others say of the frames that one labels now, and which clips are repeats.
    """
    return user.sees_everything and not labels_blind(user, LAB)


def shown_weeks(user: User) -> ShownWeeks:
    """Return what there is of weeks for this user; what is quick is made at once."""
    if not sees_everybodys_weeks(user):
        return ShownWeeks(result=own_weeks(user), everybody=False)
    kept, job = kept_weeks(), running_weeks()
    is_current = kept is not None and kept.key == weeks_key()
    if not is_current and job is None and is_quick(LAB):
        kept, is_current = compare_weeks(), True
    return ShownWeeks(
        result=None if kept is None else kept.result,
        everybody=True,
        is_current=is_current,
        kept=kept,
        job=job,
    )


def own_weeks(user: User) -> Result:
    """Return the work of one annotator, and nothing that depends on anybody else."""
    work = weekly_work(user)
    return {
        "annotators": [{"pk": user.pk, "name": user.username}] if work else [],
        "rows": [_row(each, {}) for each in work],
        "notes": [],
    }


def kept_weeks() -> WeeklyComparison | None:
    """Return the last result; its key tells if it still holds."""
    return WeeklyComparison.objects.first()


def weeks_key() -> str:
    """Return a hash over all that the weeks are made of."""
    tests = Assignment.objects.exclude(mixed_into=None).order_by("pk")
    revisions = list(tests.values_list("pk", "annotator__username", "revision"))
    parts = [FORMAT, facts_of(LAB), log_revisions(LAB), revisions]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def compare_weeks(*, progress: JobProgress = silent_progress) -> WeeklyComparison:
    """Compare all annotators week by week, and keep what came out.

    The key is taken before the labels are read, as `comparison.compare` does.
    """
    key = weeks_key()
    kept = kept_weeks()
    if kept is not None and kept.key == key:
        return kept
    progress("gathering labels", 0, 1)
    work = weekly_work()
    labels = gathered_labels(LAB, None)
    histories = _histories(labels)
    agreement: dict[int, dict[str, ByWeek]] = {}
    for place, annotator in enumerate(labels.annotators):
        progress("comparing", place, len(labels.annotators))
        agreement[annotator.pk] = _of_one(labels, place, histories[place])
    result = {
        "annotators": _annotators(work),
        "rows": [_row(each, agreement.get(each.annotator, {})) for each in work],
        "notes": labels.notes,
    }
    with progress.fenced():
        made, _ = WeeklyComparison.objects.update_or_create(
            pk=1, defaults={"key": key, "result": result}
        )
    return made


def request_weeks(user: User) -> Job:
    """Queue the job that compares; one that waits or runs already is the answer."""
    return running_weeks() or request_job(
        user=user,
        kind=Job.Kind.COMPARE_WEEKS,
        title="Compare annotators over time",
        parameters={},
    )


def running_weeks() -> Job | None:
    """Return the job that compares now, if there is one."""
    states = [Job.State.QUEUED, Job.State.RUNNING]
    return Job.objects.filter(kind=Job.Kind.COMPARE_WEEKS, state__in=states).first()


def _annotators(work: list[WeekOfWork]) -> list[dict[str, Any]]:
    users = User.objects.filter(pk__in={each.annotator for each in work})
    names = users.order_by("username").values_list("pk", "username")
    return [{"pk": pk, "name": name} for pk, name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """When an annotator made each label of the first pass, of later ones, of tests."""

    first: Weeks
    later: Weeks
    tested: Weeks
    # What was said in tests, which have no vote and are in no other array.
    test: LabelValues


def _histories(labels: ComparisonLabels) -> list[_History]:
    """Return one for each annotator, filled in the order in which the labels are."""
    n_frames = len(labels.said.asked)
    never = np.full(n_frames, NO_WEEK, np.int32)
    histories = [
        _History(
            first=never.copy(),
            later=never.copy(),
            tested=never.copy(),
            test=np.full(n_frames, UNLABELLED, np.int8),
        )
        for _ in labels.annotators
    ]
    place_of = {one.pk: place for place, one in enumerate(labels.annotators)}
    span_of = {span.trial.pk: span for span in labels.spans}
    for clip in labelled_clips():
        if clip.trial in span_of and clip.annotator in place_of:
            history = histories[place_of[clip.annotator]]
            at = span_of[clip.trial].at(clip.start, clip.start + len(clip.values))
            is_said = clip.weeks != NO_WEEK
            voted = history.first if clip.pass_number == 1 else history.later
            weeks = history.tested if clip.is_test else voted
            weeks[at][is_said] = clip.weeks[is_said]
            if clip.is_test:
                history.test[at][is_said] = clip.values[is_said]
    return histories


def _of_one(
    labels: ComparisonLabels, place: int, history: _History
) -> dict[str, ByWeek]:
    """Return how one annotator agrees, by what one is held against and by week."""
    said = labels.said.labels[place]
    again = labels.again.get(place)
    by_others = np.delete(labels.said.labels, place, axis=0)
    found = {
        OTHERS: _by_week(labels, said, history.first, majority_of(by_others)),
        SETTLED: _by_week(
            labels, *_latest(said, again, history), _settled_without(labels, by_others)
        ),
    }
    if again is not None:
        found[AGAIN] = _by_week(labels, again, history.later, said)
    return found


def _by_week(
    labels: ComparisonLabels, judged: LabelValues, weeks: Weeks, reference: LabelValues
) -> ByWeek:
    found = contrasts_by_period(
        labels.said, judged, weeks, labels.frame_ms, reference=reference
    )
    return {week: _figures(each) for week, each in found.items()}


def _figures(each: PeriodContrast) -> dict[str, Any]:
    return {
        "percent": asdict(each.frames.percent),
        "kappa": asdict(each.frames.kappa),
        "f1": asdict(each.frames.f1),
        "touch_count": asdict(each.rates["touch_count"]),
        "edge": asdict(each.rates["edge"]),
        "onset": asdict(each.onsets.median),
        "offset": asdict(each.offsets.median),
    }


def _latest(
    said: LabelValues, again: LabelValues | None, history: _History
) -> tuple[LabelValues, Weeks]:
    """Return what an annotator last said of each frame, in tests too, and when."""
    values, weeks = said, history.first
    for other, made in ((again, history.later), (history.test, history.tested)):
        if other is not None:
            is_other = made != NO_WEEK
            values = np.where(is_other, other, values)
            weeks = np.where(is_other, made, weeks)
    return values, weeks


def _settled_without(
    labels: ComparisonLabels, by_others: npt.NDArray[np.int8]
) -> LabelValues:
    """Return the settled labels as they are without an annotator's own vote.

    Adjudicators' answers, and what all others agree on, in subsets that somebody has
    adjudicated and in clips that test somebody: elsewhere nothing is settled.
    """
    subsets = {each.subset_id for each in standing_settlements(LAB.subsets)}
    tests = Assignment.objects.exclude(mixed_into=None).values("clip")
    adjudicated = np.zeros(len(labels.said.asked), np.bool_)
    span_of = {span.trial.pk: span for span in labels.spans}
    clips = Clip.objects.filter(Q(subset__in=subsets) | Q(pk__in=tests))
    for trial, start, stop in clips.values_list("trial", "start", "stop"):
        if trial in span_of:
            adjudicated[span_of[trial].at(start, stop)] = True
    settled = with_settled(unanimity_of(by_others), labels.settled)
    return np.where(adjudicated, settled, UNLABELLED).astype(np.int8)


def _row(work: WeekOfWork, agreement: dict[str, ByWeek]) -> dict[str, Any]:
    return {
        **asdict(work),
        **{name: agreement.get(name, {}).get(work.week) for name in AGAINST},
    }
