"""Comparisons of annotators with each other, with themselves, and with a version.

A comparison is stored, and is current as long as its key is: the key hashes the facts
that the result depends on. Comparisons of many labels are computed by a job.
"""

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
from labeling.domain.labels.sources import ConsensusRule, with_decisions
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
from models_ml.agreement.comparison import ComparedLabels, Consensus, compare_raters
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.agreement.resampling import Resampling
from models_ml.arrays import LabelValues

CONSENSUSES: Mapping[str, Consensus] = {
    ConsensusRule.MAJORITY.value: majority_of,
    ConsensusRule.UNANIMITY.value: unanimity_of,
    # Adjudicated labels replace it where there are any: see `consensus_of`.
    ConsensusRule.ADJUDICATED.value: unanimity_of,
}
# Raise it with every change to the figures or their JSON: stored results then expire.
FORMAT = 2
# Comparing so many labels takes about a second; a page waits for that, not for more.
QUICK_LABELS_MAX = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The scope, the consensus and the model version of a comparison."""

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
    of: Subset | Session,
    *,
    consensus: str = ConsensusRule.MAJORITY.value,
    version: int | None = None,
) -> Choice:
    """Return a choice with the version of this number, or with the published one."""
    if consensus not in CONSENSUSES:
        raise NotFoundError(
            f"There is no consensus {consensus[:30]!r}. "
            f"Choose one of {', '.join(sorted(CONSENSUSES))}."
        )
    scope = Scope(of)
    versions = versions_of(scope)
    if version is None:
        chosen = _default_version(scope, versions)
    else:
        chosen = next((one for one in versions if one.number == version), None)
        if chosen is None:
            raise NotFoundError(
                f"Version {version} has not scored every trial of {scope}. Score them "
                "with it first."
            )
    return Choice(scope=scope, consensus=consensus, version=chosen)


def _default_version(scope: Scope, versions: list[ModelVersion]) -> ModelVersion | None:
    published = scope.trials.values_list("session__published_version", flat=True)
    shown = [one for one in versions if one.pk in set(published)]
    return next(iter(shown or versions), None)


def was_trained_on(version: ModelVersion | None, scope: Scope) -> bool:
    """Whether a version, or one of its ancestors, was trained on labels of a scope."""
    names = {subset.name for subset in scope.subsets}
    while version is not None:
        if version.snapshot and names & set(version.snapshot.subsets):
            return True
        version = version.parent
    return False


def comparison_key(choice: Choice) -> str:
    """Return a hash over everything that a comparison depends on."""
    scope = choice.scope
    parts = [
        FORMAT,
        choice.consensus,
        choice.version and (choice.version.pk, choice.version.threshold),
        facts_of(scope),
        _last_scored_at(choice),
        log_revisions(scope) if choice.consensus == ConsensusRule.ADJUDICATED else 0,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _last_scored_at(choice: Choice) -> str:
    scores = Scores.objects.filter(
        version=choice.version, trial__in=choice.scope.trials
    )
    return str(scores.aggregate(last=Max("scored_at"))["last"])


def consensus_of(choice: Choice, decisions: LabelValues) -> Consensus:
    """Return a function from raters' labels of these frames to their consensus.

    An adjudicator's decision holds for every group of raters.
    """
    plain = CONSENSUSES[choice.consensus]
    if choice.consensus != ConsensusRule.ADJUDICATED:
        return plain
    return lambda labels: with_decisions(plain(labels), decisions)


def stored_comparison(choice: Choice) -> Comparison | None:
    """Return the stored comparison of a choice; its key tells if it is current."""
    return Comparison.objects.filter(**_columns(choice)).defer("touches").first()


def _columns(choice: Choice) -> dict[str, Any]:
    """Return the columns that identify the stored comparison of a choice."""
    return {
        "subset": choice.scope.subset,
        "session": choice.scope.session,
        "consensus": choice.consensus,
        "version": choice.version,
    }


def is_quick(scope: Scope) -> bool:
    """Whether a scope has so few labels that a page can wait for their comparison."""
    return scope.labels[: QUICK_LABELS_MAX + 1].count() <= QUICK_LABELS_MAX


def compare(choice: Choice, *, progress: JobProgress = silent_progress) -> Comparison:
    """Compare all annotators of a scope and store the result.

    The key is computed before the labels are read. If a label changes in between, the
    result counts as outdated; it is never taken for current by mistake.
    """
    key = comparison_key(choice)
    stored = stored_comparison(choice)
    if stored is not None and stored.key == key:
        return stored
    progress("loading labels", 0, 1)
    labels = gathered_labels(choice.scope, choice.version)
    found = compare_raters(
        ComparedLabels(
            raters=labels.raters,
            frame_ms=labels.frame_ms,
            second_passes=labels.second_passes,
            model=labels.model,
        ),
        consensus=consensus_of(choice, labels.decisions),
        resampling=Resampling(len(labels.spans)),
        progress=lambda done, total: progress("comparing", done, total),
    )
    values = {
        "key": key,
        "result": result_of(found, labels),
        "touches": packed(touches_of(found, labels)),
    }
    with progress.fenced():
        comparison, _ = Comparison.objects.update_or_create(
            **_columns(choice), defaults=values
        )
    return comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownComparison:
    """What a page can show now: the stored result, and the job that computes another.

    Without a result and without a job, the user has to request one.
    """

    stored: Comparison | None
    is_current: bool
    job: Job | None


def shown_comparison(choice: Choice) -> ShownComparison:
    """Return what a page can show; compare at once if that is quick."""
    stored, job = stored_comparison(choice), running_comparison(choice)
    is_current = stored is not None and stored.key == comparison_key(choice)
    if not is_current and job is None and is_quick(choice.scope):
        stored, is_current = compare(choice), True
    return ShownComparison(stored=stored, is_current=is_current, job=job)


def request_comparison(*, user: User, choice: Choice) -> Job:
    """Queue a job that compares, or return the one that is queued or running."""
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
    """Return the queued or running job of this comparison, if there is one."""
    return Job.objects.filter(
        kind=Job.Kind.COMPARE,
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
        parameters=_parameters(choice),
    ).first()
