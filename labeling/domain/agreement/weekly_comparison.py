"""Annotators week by week: against the others, adjudicated labels, and themselves.

The result covers the whole lab. Like a comparison, it is stored and is current until a
label changes; many labels are compared by a job.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from labeling.domain.agreement.access import sees_all_annotators
from labeling.domain.agreement.comparison import FORMAT, is_quick
from labeling.domain.agreement.facts import facts_of, log_revisions
from labeling.domain.agreement.gathered_labels import ComparisonLabels, gathered_labels
from labeling.domain.agreement.scope import LAB
from labeling.domain.agreement.weekly_work import (
    NO_WEEK,
    WeekOfWork,
    Weeks,
    labelled_clips,
    weekly_work,
)
from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.jobs.queue import request_job
from labeling.domain.labels.decisions import current_decisions
from labeling.domain.labels.sources import with_decisions
from labeling.models import Assignment, Clip, Job, User, WeeklyComparison
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.agreement.periods import PeriodContrast, contrasts_by_period
from models_ml.arrays import UNLABELLED, LabelValues

# What annotators are compared with, in the order of the page.
OTHERS, SETTLED, AGAIN = "others", "settled", "again"
AGAINST = (OTHERS, SETTLED, AGAIN)

Result = dict[str, Any]
ByWeek = dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWeeks:
    """What a page can show now: the weeks of all annotators, or only the user's own."""

    result: Result | None
    all_annotators: bool
    is_current: bool = True
    stored: WeeklyComparison | None = None
    job: Job | None = None


def shown_weeks(user: User) -> ShownWeeks:
    """Return what a page can show to this user; compare at once if that is quick."""
    if not sees_all_annotators(user):
        return ShownWeeks(result=own_weeks(user), all_annotators=False)
    stored, job = stored_weeks(), running_weeks()
    is_current = stored is not None and stored.key == weeks_key()
    if not is_current and job is None and is_quick(LAB):
        stored, is_current = compare_weeks(), True
    return ShownWeeks(
        result=None if stored is None else stored.result,
        all_annotators=True,
        is_current=is_current,
        stored=stored,
        job=job,
    )


def own_weeks(user: User) -> Result:
    """Return the work of one annotator; nothing in it depends on other annotators."""
    work = weekly_work(user)
    return {
        "annotators": [{"pk": user.pk, "name": user.username}] if work else [],
        "rows": [_row(each, {}) for each in work],
        "notes": [],
    }


def stored_weeks() -> WeeklyComparison | None:
    """Return the stored result; its key tells if it is current."""
    return WeeklyComparison.objects.first()


def weeks_key() -> str:
    """Return a hash over everything that the weeks depend on."""
    tests = Assignment.objects.exclude(mixed_into=None).order_by("pk")
    revisions = list(tests.values_list("pk", "annotator__username", "revision"))
    parts = [FORMAT, facts_of(LAB), log_revisions(LAB), revisions]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def compare_weeks(*, progress: JobProgress = silent_progress) -> WeeklyComparison:
    """Compare all annotators week by week and store the result.

    The key is computed before the labels are read, for the reason that
    `comparison.compare` gives.
    """
    key = weeks_key()
    stored = stored_weeks()
    if stored is not None and stored.key == key:
        return stored
    progress("loading labels", 0, 1)
    work = weekly_work()
    labels = gathered_labels(LAB, None)
    histories = _histories(labels)
    agreement: dict[int, dict[str, ByWeek]] = {}
    for position, annotator in enumerate(labels.annotators):
        progress("comparing", position, len(labels.annotators))
        agreement[annotator.pk] = _agreement(labels, position, histories[position])
    result = {
        "annotators": _annotators(work),
        "rows": [_row(each, agreement.get(each.annotator, {})) for each in work],
        "notes": labels.notes,
    }
    with progress.fenced():
        saved, _ = WeeklyComparison.objects.update_or_create(
            pk=1, defaults={"key": key, "result": result}
        )
    return saved


def request_weeks(user: User) -> Job:
    """Queue a job that compares, or return the one that is queued or running."""
    return running_weeks() or request_job(
        user=user,
        kind=Job.Kind.COMPARE_WEEKS,
        title="Compare annotators over time",
        parameters={},
    )


def running_weeks() -> Job | None:
    """Return the queued or running job, if there is one."""
    states = [Job.State.QUEUED, Job.State.RUNNING]
    return Job.objects.filter(kind=Job.Kind.COMPARE_WEEKS, state__in=states).first()


def _annotators(work: list[WeekOfWork]) -> list[dict[str, Any]]:
    users = User.objects.filter(pk__in={each.annotator for each in work})
    names = users.order_by("username").values_list("pk", "username")
    return [{"pk": pk, "name": name} for pk, name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """The week of each label of an annotator: first pass, later passes, tests.

    `test_values` has the labels of quality checks, which `ComparisonLabels` leaves out.
    """

    first: Weeks
    later: Weeks
    test: Weeks
    test_values: LabelValues


def _histories(labels: ComparisonLabels) -> list[_History]:
    """Return the history of each annotator, in the order of `labels.annotators`."""
    n_frames = len(labels.raters.assigned)
    never = np.full(n_frames, NO_WEEK, np.int32)
    histories = [
        _History(
            first=never.copy(),
            later=never.copy(),
            test=never.copy(),
            test_values=np.full(n_frames, UNLABELLED, np.int8),
        )
        for _ in labels.annotators
    ]
    history_of = {
        one.pk: history
        for one, history in zip(labels.annotators, histories, strict=True)
    }
    span_of = {span.trial.pk: span for span in labels.spans}
    for clip in labelled_clips():
        if clip.trial in span_of and clip.annotator in history_of:
            history = history_of[clip.annotator]
            at = span_of[clip.trial].at(clip.start, clip.start + len(clip.values))
            is_labelled = clip.weeks != NO_WEEK
            of_pass = history.first if clip.pass_number == 1 else history.later
            weeks = history.test if clip.is_test else of_pass
            weeks[at][is_labelled] = clip.weeks[is_labelled]
            if clip.is_test:
                history.test_values[at][is_labelled] = clip.values[is_labelled]
    return histories


def _agreement(
    labels: ComparisonLabels, position: int, history: _History
) -> dict[str, ByWeek]:
    """Return the figures of one annotator, by reference and by week."""
    first = labels.raters.labels[position]
    second = labels.second_passes.get(position)
    by_others = np.delete(labels.raters.labels, position, axis=0)
    found = {
        OTHERS: _by_week(labels, first, history.first, majority_of(by_others)),
        SETTLED: _by_week(
            labels,
            *_latest(first, second, history),
            _adjudicated_without(labels, by_others),
        ),
    }
    if second is not None:
        found[AGAIN] = _by_week(labels, second, history.later, first)
    return found


def _by_week(
    labels: ComparisonLabels, judged: LabelValues, weeks: Weeks, reference: LabelValues
) -> ByWeek:
    found = contrasts_by_period(
        labels.raters, judged, weeks, labels.frame_ms, reference=reference
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
    first: LabelValues, second: LabelValues | None, history: _History
) -> tuple[LabelValues, Weeks]:
    """Return an annotator's last label of each frame, tests included, and its week."""
    values, weeks = first, history.first
    for later, made in ((second, history.later), (history.test_values, history.test)):
        if later is not None:
            is_later = made != NO_WEEK
            values = np.where(is_later, later, values)
            weeks = np.where(is_later, made, weeks)
    return values, weeks


def _adjudicated_without(
    labels: ComparisonLabels, by_others: npt.NDArray[np.int8]
) -> LabelValues:
    """Return the adjudicated labels as they would be without an annotator's own vote.

    These are the adjudicators' decisions and the unanimous labels of the others, in
    subsets with decisions and in clips that serve as quality checks.
    """
    subsets = {each.subset_id for each in current_decisions(LAB.subsets)}
    tests = Assignment.objects.exclude(mixed_into=None).values("clip")
    is_adjudicated = np.zeros(len(labels.raters.assigned), np.bool_)
    span_of = {span.trial.pk: span for span in labels.spans}
    clips = Clip.objects.filter(Q(subset__in=subsets) | Q(pk__in=tests))
    for trial, start, stop in clips.values_list("trial", "start", "stop"):
        if trial in span_of:
            is_adjudicated[span_of[trial].at(start, stop)] = True
    values = with_decisions(unanimity_of(by_others), labels.decisions)
    return np.where(is_adjudicated, values, UNLABELLED).astype(np.int8)


def _row(work: WeekOfWork, agreement: dict[str, ByWeek]) -> dict[str, Any]:
    return {
        **asdict(work),
        **{name: agreement.get(name, {}).get(work.week) for name in AGAINST},
    }
