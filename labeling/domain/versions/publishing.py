"""Publishing: which version's scores a session shows, now and before."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from labeling.domain.permissions import require_admin
from labeling.domain.versions.store import publish_version
from labeling.errors import LabelingError
from labeling.models import (
    ModelVersion,
    Publication,
    Scores,
    Session,
    Trial,
    User,
)


class ConfirmationNeededError(LabelingError):
    """The user has to confirm an action that may be a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionOnSession:
    """A version on a session: how much it has scored there, and its publications."""

    session: Session
    version: ModelVersion
    n_scored: int
    n_trials: int
    n_touches: int
    publications: Sequence[Publication]

    @property
    def is_complete(self) -> bool:
        """Whether it has scored every trial and can be published."""
        return 0 < self.n_scored == self.n_trials

    @property
    def is_published(self) -> bool:
        """Whether the session shows its scores now."""
        return self.session.published_version_id == self.version.pk

    @property
    def was_published(self) -> bool:
        """Whether the session shows its scores, or has shown them before."""
        return bool(self.publications)


def publish(
    *, user: User, session: Session, version: ModelVersion, confirmed: bool = False
) -> None:
    """Publish a version on a session; an earlier version can be published again.

    A version that is worse than its parent on held-out trials needs confirmation,
    unless the session has shown it before.
    """
    check_may_publish(user)
    with transaction.atomic():
        # Locked against another publication at the same time.
        session = Session.objects.select_for_update().get(pk=session.pk)
        scored = _scored_by(session, version)
        if not scored.is_complete:
            raise LabelingError(
                f"Version {version.number} has scored only {scored.n_scored} of "
                f"{scored.n_trials} trials of {session}. Score the session with it "
                "first."
            )
        if is_worse(version) and not (confirmed or scored.was_published):
            raise ConfirmationNeededError(
                f"On held-out trials {version} makes more touch-count errors than its "
                "parent. Publish it anyway?"
            )
        publish_version(session=session, version=version, user=user)


def check_may_publish(user: User) -> None:
    """Refuse users who may not publish versions."""
    require_admin(user, "publish a version")


def is_worse(version: ModelVersion) -> bool:
    """Whether a version is worse than its parent on held-out trials."""
    both = (version.metrics.get(f"held_out_{when}") for when in ("before", "after"))
    before, after = ((each or {}).get("touch_count_errors_per_touch") for each in both)
    return before is not None and after is not None and after > before


def versions_on(session: Session) -> list[VersionOnSession]:
    """Return the versions that have scored a session, the newest first."""
    versions = ModelVersion.objects.filter(scores__trial__session=session).distinct()
    return _scored_pairs([(session, version) for version in versions])


def sessions_of(version: ModelVersion) -> list[VersionOnSession]:
    """Return the sessions that a version has scored."""
    sessions = Session.objects.filter(trials__scores__version=version)
    sessions = sessions.select_related("published_version").distinct()
    return _scored_pairs([(session, version) for session in sessions])


def _scored_by(session: Session, version: ModelVersion) -> VersionOnSession:
    return _scored_pairs([(session, version)])[0]


def _scored_pairs(
    pairs: Sequence[tuple[Session, ModelVersion]],
) -> list[VersionOnSession]:
    """Count the scores of sessions by versions, in three queries for all pairs."""
    sessions = {session.pk for session, _ in pairs}
    versions = {version.pk for _, version in pairs}
    trials = Trial.objects.included().filter(session__in=sessions).order_by()
    n_trials = dict(trials.values_list("session").annotate(n=Count("pk")))
    scores = Scores.objects.filter(trial__in=trials, version__in=versions)
    counts = {
        (session, version): (n_scored, n_touches)
        for session, version, n_scored, n_touches in scores.values_list(
            "trial__session", "version"
        ).annotate(n=Count("pk"), total=Sum("n_touches"))
    }
    publications: dict[tuple[int, int], list[Publication]] = {}
    for each in _publications(sessions, versions):
        publications.setdefault((each.session_id, each.version_id), []).append(each)
    return [
        VersionOnSession(
            session=session,
            version=version,
            n_scored=counts.get((session.pk, version.pk), (0, 0))[0],
            n_trials=n_trials.get(session.pk, 0),
            n_touches=counts.get((session.pk, version.pk), (0, 0))[1],
            publications=publications.get((session.pk, version.pk), []),
        )
        for session, version in pairs
    ]


def _publications(sessions: set[int], versions: set[int]) -> QuerySet[Publication]:
    found = Publication.objects.filter(session__in=sessions, version__in=versions)
    return found.select_related("published_by")
