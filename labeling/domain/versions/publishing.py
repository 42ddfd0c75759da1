"""Publishing: which version a session shows, and going back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Sum

from labeling.domain.permissions import require_admin
from labeling.domain.versions.store import publish_version
from labeling.errors import LabelingError
from labeling.models import ModelVersion, Publication, Scores, Session, User


class ConfirmationNeededError(LabelingError):
    """What was asked for may be a mistake: ask whether it is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredBy:
    """A version that has scored trials of a session, and when it was shown there."""

    session: Session
    version: ModelVersion
    n_scored: int
    n_trials: int
    n_touches: int
    publications: Sequence[Publication]

    @property
    def is_complete(self) -> bool:
        """Whether it has scored every trial, and so may be published."""
        return 0 < self.n_scored == self.n_trials

    @property
    def is_published(self) -> bool:
        """Whether the session shows it now."""
        return self.session.published_version_id == self.version.pk

    @property
    def was_published(self) -> bool:
        """Whether it is what one goes back to."""
        return bool(self.publications)


def publish(
    *, user: User, session: Session, version: ModelVersion, confirmed: bool = False
) -> None:
    """Point a session at a version, at once; going back is no different.

    A version that is worse on held-out data than its parent has to be confirmed, but
    for one that the session has shown before.
    """
    check_may_publish(user)
    with transaction.atomic():
        # Locked: no second publication comes in between.
        session = Session.objects.select_for_update().get(pk=session.pk)
        scored = _scored_by(session, version)
        if not scored.is_complete:
            raise LabelingError(
                f"Expected a version that has scored all {scored.n_trials} trials of "
                f"{session}, found that {version} has scored {scored.n_scored}: score "
                "the session with it first."
            )
        if is_worse(version) and not (confirmed or scored.was_published):
            raise ConfirmationNeededError(
                f"On held-out trials {version} makes more touch-count errors than its "
                "parent: confirm that it shall be published all the same."
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


def versions_on(session: Session) -> list[ScoredBy]:
    """Return the versions that have scored a session, the newest first."""
    versions = ModelVersion.objects.filter(scores__trial__session=session).distinct()
    return [_scored_by(session, version) for version in versions]


def sessions_of(version: ModelVersion) -> list[ScoredBy]:
    """Return the sessions that a version has scored."""
    sessions = Session.objects.filter(trials__scores__version=version)
    sessions = sessions.select_related("published_version").distinct()
    return [_scored_by(session, version) for session in sessions]


def _scored_by(session: Session, version: ModelVersion) -> ScoredBy:
    trials = session.trials.included()
    scores = Scores.objects.filter(trial__in=trials, version=version)
    found = scores.aggregate(n=Count("pk"), n_touches=Sum("n_touches", default=0))
    publications = Publication.objects.filter(session=session, version=version)
    return ScoredBy(
        session=session,
        version=version,
        n_scored=found["n"],
        n_trials=trials.count(),
        n_touches=found["n_touches"],
        publications=list(publications.select_related("published_by")),
    )
