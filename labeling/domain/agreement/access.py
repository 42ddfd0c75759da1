"""Access to other annotators' labels: for whom, and not before they finish blind work.

Adjudicators and admins label too. Until their own blind clips are finished, they see
neither labels of others nor scores of the same frames.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from labeling.domain.agreement.scope import LAB, Scope
from labeling.domain.assignments.labelling import assignments_for, unfinished
from labeling.domain.recordings.sessions import session_for
from labeling.domain.subsets.curation import subset_for
from labeling.errors import NotAllowedError, NotFoundError
from labeling.models import Session, Subset, User


def comparable_subset_for(user: User, pk: int) -> Subset:
    """Return a subset of which this user may see the labels of all annotators."""
    _check_sees_everything(user, "subset")
    subset = subset_for(user, pk)
    _check_not_blind(user, Scope(subset))
    return subset


def comparable_session_for(user: User, pk: int) -> Session:
    """Return a session of which this user may see the labels of all annotators."""
    _check_sees_everything(user, "session")
    session = session_for(user, pk)
    _check_not_blind(user, Scope(session))
    return session


def adjudicated_subset_for(user: User, pk: int) -> Subset:
    """Return a subset of which this user may adjudicate the labels."""
    if not user.adjudicates:
        raise NotFoundError("You do not have access to this subset.")
    return comparable_subset_for(user, pk)


def sees_all_annotators(user: User) -> bool:
    """Whether a user may see the work of other annotators over time.

    Annotators see only their own work: figures of agreement would disclose other
    annotators' labels of the same frames, and which clips are repeats.
    """
    return user.sees_everything and not labels_blind(user, LAB)


def labels_blind(user: User, scope: Scope) -> bool:
    """Whether a user has yet to label frames of a scope without seeing others.

    The frames may also be in a clip of another subset.
    """
    same_frames = scope.clips.filter(
        trial=OuterRef("clip__trial"),
        start__lt=OuterRef("clip__stop"),
        stop__gt=OuterRef("clip__start"),
    )
    own = assignments_for(user).filter(Exists(same_frames), sees_others=False)
    return unfinished(own).exists()


def check_sees_scores(user: User, session: Session) -> None:
    """Refuse users who have yet to label clips of a session without seeing scores."""
    own = assignments_for(user).filter(clip__trial__session=session, sees_scores=False)
    if unfinished(own).exists():
        raise NotAllowedError(
            f"You have unfinished clips of {session} that you label without seeing "
            "scores. Finish them first."
        )


def check_sees_errors(user: User, sessions: Iterable[str]) -> None:
    """Refuse users who have yet to label clips of sessions with these names blind."""
    own = unfinished(assignments_for(user)).filter(
        clip__trial__session__name__in=sessions
    )
    if own.filter(sees_others=False).exists() or own.filter(sees_scores=False).exists():
        raise NotAllowedError(
            "You have unfinished clips of these sessions that you label without seeing "
            "other annotators' labels. Finish them first."
        )


def _check_sees_everything(user: User, noun: str) -> None:
    if not user.sees_everything:
        raise NotFoundError(f"You do not have access to the comparison of this {noun}.")


def _check_not_blind(user: User, scope: Scope) -> None:
    if labels_blind(user, scope):
        raise NotAllowedError(
            f"You have unfinished clips of {scope} that you label without seeing other "
            "annotators' labels. Finish them first."
        )
