"""Comparisons: how annotators agree with each other, with themselves, with a model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from labeling.domain.agreement.facts import facts_of, log_revisions
from labeling.domain.agreement.gathered_labels import gathered_labels
from labeling.domain.agreement.result import packed, result_of, touches_of
from labeling.domain.agreement.scope import Scope
from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.jobs.queue import request_job
from labeling.domain.labels.sources import MAJORITY, SETTLED, UNANIMITY, with_settled
from labeling.errors import NotFoundError
from labeling.models import (
    Comparison,
    Job,
    ModelVersion,
    Scores,
    Session,
    Subset,
    User,
)
from models_ml.agreement.comparison import Consensus, compare_raters
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.agreement.resampling import Resampling
from models_ml.arrays import LabelValues

CONSENSUSES: Mapping[str, Consensus] = {
    MAJORITY: majority_of,
    UNANIMITY: unanimity_of,
    # With what is settled in its place: see `consensus_by`.
    SETTLED: unanimity_of,
}
# Whatever changes a number or its form changes this: earlier results are then of old.
FORMAT = 2
# What takes about a second is done at once; more is a job.
AT_ONCE_LABELS_MAX = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is compared, and by what."""

    scope: Scope
    consensus: str
    version: ModelVersion | None


def versions_of(scope: Scope) -> list[ModelVersion]:
    """Return the versions that scored every trial of a scope, the newest first."""
    used = scope.trials.filter(excluded_because="")
    trials = set(used.values_list("pk", flat=True))
    scored = Scores.objects.filter(trial__in=trials).values("version")
    complete = scored.annotate(n=Count("trial", distinct=True)).filter(n=len(trials))
    return list(ModelVersion.objects.filter(pk__in=complete.values("version")))


def choice_of(
    of: Subset | Session, *, consensus: str = MAJORITY, version: int | None = None
) -> Choice:
    """Return a choice with the version of this number, or with the one shown there."""
    if consensus not in CONSENSUSES:
        raise NotFoundError(
            f"Expected a consensus of {sorted(CONSENSUSES)}, found {consensus[:30]!r}."
        )
    scope = Scope(of)
    versions = versions_of(scope)
    if version is None:
        chosen = _shown_version(scope, versions)
    else:
        chosen = next((one for one in versions if one.number == version), None)
        if chosen is None:
            raise NotFoundError(
                f"Version {version} has not scored every trial of {scope}: score its "
                "trials with it first."
            )
    return Choice(scope=scope, consensus=consensus, version=chosen)


def _shown_version(scope: Scope, versions: list[ModelVersion]) -> ModelVersion | None:
    published = scope.trials.values_list("session__published_version", flat=True)
    shown = [one for one in versions if one.pk in set(published)]
    return next(iter(shown or versions), None)


def learned_from(version: ModelVersion | None, scope: Scope) -> bool:
    """Whether a version, or one that it comes from, learned from labels of a scope."""
    names = {subset.name for subset in scope.subsets}
    while version is not None:
        if version.snapshot and names & set(version.snapshot.subsets):
            return True
        version = version.parent
    return False


def comparison_key(choice: Choice) -> str:
    """Return a hash over all that a comparison is made of."""
    scope = choice.scope
    parts = [
        FORMAT,
        choice.consensus,
        choice.version and (choice.version.pk, choice.version.threshold),
        facts_of(scope),
        _scored_at(choice),
        log_revisions(scope) if choice.consensus == SETTLED else 0,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _scored_at(choice: Choice) -> str:
    scores = Scores.objects.filter(
        version=choice.version, trial__in=choice.scope.trials
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
    return Comparison.objects.filter(**_place(choice)).defer("touches").first()


def _place(choice: Choice) -> dict[str, Any]:
    """Return where a comparison is kept."""
    return {
        "subset": choice.scope.subset,
        "session": choice.scope.session,
        "consensus": choice.consensus,
        "version": choice.version,
    }


def is_quick(scope: Scope) -> bool:
    """Whether there are so few labels that one waits for their comparison."""
    return scope.labels[: AT_ONCE_LABELS_MAX + 1].count() <= AT_ONCE_LABELS_MAX


def compare(choice: Choice, *, progress: JobProgress = silent_progress) -> Comparison:
    """Compare all who labelled there, and keep what came out.

    The key is taken before the labels are read: a label that changes meanwhile makes
    the result one of earlier labels, never a wrong one of these.
    """
    key = comparison_key(choice)
    kept = kept_comparison(choice)
    if kept is not None and kept.key == key:
        return kept
    progress("gathering labels", 0, 1)
    labels = gathered_labels(choice.scope, choice.version)
    found = compare_raters(
        labels.said,
        labels.frame_ms,
        again=labels.again,
        model=labels.model,
        consensus=consensus_by(choice, labels.settled),
        resampling=Resampling(len(labels.spans)),
        report=lambda done, total: progress("comparing", done, total),
    )
    kept_now = {
        "key": key,
        "result": result_of(found, labels),
        "touches": packed(touches_of(found, labels)),
    }
    with progress.fenced():
        comparison, _ = Comparison.objects.update_or_create(
            **_place(choice), defaults=kept_now
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
    if not is_current and job is None and is_quick(choice.scope):
        kept, is_current = compare(choice), True
    return ShownComparison(kept=kept, is_current=is_current, job=job)


def request_comparison(*, user: User, choice: Choice) -> Job:
    """Queue the job that compares; one that waits or runs already is the answer."""
    current = running_comparison(choice)
    return current or request_job(
        user=user,
        kind=Job.Kind.COMPARE,
        title=f"Compare {choice.scope}"[:300],
        parameters=_parameters(choice),
    )


def _parameters(choice: Choice) -> dict[str, Any]:
    return {
        choice.scope.noun: choice.scope.pk,
        "consensus": choice.consensus,
        "version": choice.version and choice.version.number,
    }


def running_comparison(choice: Choice) -> Job | None:
    """Return the job that makes this comparison now, if there is one."""
    return Job.objects.filter(
        kind=Job.Kind.COMPARE,
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
        parameters=_parameters(choice),
    ).first()
