"""Comparisons: how annotators agree with each other, with themselves, with a model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from labeling.domain.assignments import assignments_for, unfinished
from labeling.domain.comparison_labels import gathered_labels
from labeling.domain.comparison_result import packed, result_of, touches_of
from labeling.domain.consensus import MAJORITY, SETTLED, UNANIMITY, with_settled
from labeling.domain.jobs import request_job
from labeling.domain.label_runs import LabelValues
from labeling.domain.report import Report, silent
from labeling.domain.settlements import log_revision
from labeling.domain.subsets import subset_for
from labeling.errors import NotAllowedError, NotFoundError
from labeling.models import (
    Assignment,
    Comparison,
    Job,
    Label,
    ModelVersion,
    Scores,
    Subset,
    Trial,
    User,
)
from models_ml.rater_comparison import Consensus, compare_raters
from models_ml.rater_consensus import majority_of, unanimity_of
from models_ml.resampling import Resampling

CONSENSUSES: Mapping[str, Consensus] = {
    MAJORITY: majority_of,
    UNANIMITY: unanimity_of,
    # With what is settled in its place: see `consensus_by`.
    SETTLED: unanimity_of,
}
# Whatever changes a number or its form changes this: earlier results are then of old.
FORMAT = 1
# What takes about a second is done at once; more is a job.
AT_ONCE_LABELS_MAX = 30_000
JOB_KIND = "compare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is compared, and by what."""

    subset: Subset
    consensus: str
    version: ModelVersion | None


def comparable_subset_for(user: User, pk: int) -> Subset:
    """Return a subset whose labels of everybody this user may see.

    Whoever still labels there without seeing others does not: adjudicators and admins
    too stay blind until their own clips are done.
    """
    if not user.sees_everything:
        raise NotFoundError(f"There is no comparison of a subset {pk} for you.")
    subset = subset_for(user, pk)
    own = assignments_for(user).filter(clip__subset=subset, sees_others=False)
    if unfinished(own).exists():
        raise NotAllowedError(
            f"You still label clips of {subset} without seeing others: finish them "
            "first, then see what others say."
        )
    return subset


def versions_of(subset: Subset) -> list[ModelVersion]:
    """Return the versions that scored every trial of a subset, the newest first."""
    used = subset.clips.filter(trial__excluded_because="")
    trials = set(used.values_list("trial", flat=True))
    scored = Scores.objects.filter(trial__in=trials).values("version")
    complete = scored.annotate(n=Count("trial", distinct=True)).filter(n=len(trials))
    return list(ModelVersion.objects.filter(pk__in=complete.values("version")))


def choice_of(
    subset: Subset, *, consensus: str = MAJORITY, version: int | None = None
) -> Choice:
    """Return a choice with the version of this number, or with the one shown there."""
    if consensus not in CONSENSUSES:
        raise NotFoundError(
            f"Expected a consensus of {sorted(CONSENSUSES)}, found {consensus[:30]!r}."
        )
    versions = versions_of(subset)
    if version is None:
        chosen = _shown_version(subset, versions)
    else:
        chosen = next((one for one in versions if one.number == version), None)
        if chosen is None:
            raise NotFoundError(
                f"Version {version} has not scored every trial of {subset}: score its "
                "sessions with it first."
            )
    return Choice(subset=subset, consensus=consensus, version=chosen)


def _shown_version(subset: Subset, versions: list[ModelVersion]) -> ModelVersion | None:
    published = subset.clips.values_list("trial__session__published_version", flat=True)
    shown = [one for one in versions if one.pk in set(published)]
    return next(iter(shown or versions), None)


def learned_from(version: ModelVersion | None, subset: Subset) -> bool:
    """Whether a version, or one that it comes from, learned from a subset's labels."""
    while version is not None:
        if version.snapshot and subset.name in version.snapshot.subsets:
            return True
        version = version.parent
    return False


def comparison_key(choice: Choice) -> str:
    """Return a hash over all that a comparison is made of."""
    subset = choice.subset
    assignments = Assignment.objects.filter(clip__subset=subset).order_by("pk")
    clips = subset.clips.order_by("pk")
    parts = [
        FORMAT,
        choice.consensus,
        choice.version and (choice.version.pk, choice.version.threshold),
        list(clips.values_list("pk", "trial", "start", "stop")),
        list(assignments.values_list("pk", "annotator__username", "revision")),
        _rates(subset),
        _by_hand(subset),
        _scored_at(choice),
        log_revision(subset) if choice.consensus == SETTLED else 0,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _rates(subset: Subset) -> list[tuple[int, float]]:
    rates = subset.clips.values_list("trial__session", "trial__session__rate_hz")
    return sorted(set(rates))


def _by_hand(subset: Subset) -> list[tuple[object, ...]]:
    trials = Trial.objects.filter(clips__subset=subset).distinct().order_by("pk")
    said = trials.exclude(excluded_because="", pole_up=None)
    return list(said.values_list("pk", "excluded_because", "pole_up", "pole_down"))


def _scored_at(choice: Choice) -> str:
    scores = Scores.objects.filter(
        version=choice.version, trial__clips__subset=choice.subset
    )
    return str(scores.aggregate(last=Max("scored_at"))["last"])


def consensus_by(choice: Choice, settled: LabelValues) -> Consensus:
    """Return what makes a consensus of raters' labels of these frames.

    An adjudicator's answer holds whoever is left out of the consensus.
    """
    plain = CONSENSUSES[choice.consensus]
    if choice.consensus != SETTLED:
        return plain
    return lambda labels: with_settled(plain(labels), settled)


def kept_comparison(choice: Choice) -> Comparison | None:
    """Return the last comparison by this choice; its key tells if it still holds."""
    kept = Comparison.objects.filter(
        subset=choice.subset, consensus=choice.consensus, version=choice.version
    )
    return kept.defer("touches").first()


def is_quick(subset: Subset) -> bool:
    """Whether a subset has so few labels that one waits for its comparison."""
    labels = Label.objects.filter(assignment__clip__subset=subset)
    return labels[: AT_ONCE_LABELS_MAX + 1].count() <= AT_ONCE_LABELS_MAX


def compare(choice: Choice, *, report: Report = silent) -> Comparison:
    """Compare all who labelled a subset, and keep what came out.

    The key is taken before the labels are read: a label that changes meanwhile makes
    the result one of earlier labels, never a wrong one of these.
    """
    key = comparison_key(choice)
    kept = kept_comparison(choice)
    if kept is not None and kept.key == key:
        return kept
    report("gathering labels", 0, 1)
    labels = gathered_labels(choice.subset, choice.version)
    found = compare_raters(
        labels.said,
        labels.frame_ms,
        again=labels.again,
        model=labels.model,
        consensus=consensus_by(choice, labels.settled),
        resampling=Resampling(len(labels.spans)),
        report=lambda done, total: report("comparing", done, total),
    )
    kept_now = {
        "key": key,
        "result": result_of(found, labels),
        "touches": packed(touches_of(found, labels)),
    }
    with report.fenced():
        comparison, _ = Comparison.objects.update_or_create(
            subset=choice.subset,
            consensus=choice.consensus,
            version=choice.version,
            defaults=kept_now,
        )
    return comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownComparison:
    """What a page can show now: the last result, whether it holds, what is under way.

    Without a result and without a job somebody has to ask for one.
    """

    kept: Comparison | None
    is_current: bool
    job: Job | None


def shown_comparison(choice: Choice) -> ShownComparison:
    """Return what there is of a comparison; what is quick is made at once."""
    kept, job = kept_comparison(choice), running_comparison(choice)
    is_current = kept is not None and kept.key == comparison_key(choice)
    if not is_current and job is None and is_quick(choice.subset):
        kept, is_current = compare(choice), True
    return ShownComparison(kept=kept, is_current=is_current, job=job)


def request_comparison(*, user: User, choice: Choice) -> Job:
    """Queue the job that compares; one that waits or runs already is the answer."""
    parameters: dict[str, Any] = {
        "subset": choice.subset.pk,
        "consensus": choice.consensus,
        "version": choice.version and choice.version.number,
    }
    current = running_comparison(choice)
    return current or request_job(
        user=user,
        kind=JOB_KIND,
        title=f"Compare {choice.subset}"[:300],
        parameters=parameters,
    )


def running_comparison(choice: Choice) -> Job | None:
    """Return the job that makes this comparison now, if there is one."""
    return Job.objects.filter(
        kind=JOB_KIND,
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
        parameters__subset=choice.subset.pk,
        parameters__consensus=choice.consensus,
        parameters__version=choice.version and choice.version.number,
    ).first()
