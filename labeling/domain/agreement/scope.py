"""Scopes: which clips are compared, and who may see what everybody says of them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from labeling.domain.assignments.labelling import assignments_for, unfinished
from labeling.domain.recordings.sessions import session_for
from labeling.domain.subsets.curation import subset_for
from labeling.errors import NotAllowedError, NotFoundError
from labeling.models import Assignment, Clip, Label, Session, Subset, Trial, User


@dataclass(frozen=True, slots=True)
class Scope:
    """The clips of one subset, those of all subsets in one session, or all clips."""

    of: Subset | Session | None

    def __str__(self) -> str:
        return "the lab" if self.of is None else str(self.of)

    @property
    def noun(self) -> str:
        """What it is of: "subset", "session" or "lab"."""
        return "lab" if self.of is None else type(self.of).__name__.lower()

    @property
    def pk(self) -> int | None:
        """Of what it is of."""
        return None if self.of is None else self.of.pk

    @property
    def subset(self) -> Subset | None:
        """The subset, if it is of one."""
        return self.of if isinstance(self.of, Subset) else None

    @property
    def session(self) -> Session | None:
        """The session, if it is of one."""
        return self.of if isinstance(self.of, Session) else None

    @property
    def subsets(self) -> list[Subset]:
        """The subsets that its clips are in."""
        if self.subset is not None:
            return [self.subset]
        clips = self.clips.order_by().values("subset")
        return list(Subset.objects.filter(pk__in=clips))

    @property
    def clips(self) -> QuerySet[Clip]:
        """Its clips, those of excluded trials too."""
        if self.subset is not None:
            return Clip.objects.filter(subset=self.subset)
        if self.session is not None:
            return Clip.objects.filter(trial__session=self.session)
        return Clip.objects.all()

    @property
    def trials(self) -> QuerySet[Trial]:
        """The trials that its clips are in."""
        trials = Trial.objects.filter(pk__in=self.clips.order_by().values("trial"))
        return trials.select_related("session")

    @property
    def assignments(self) -> QuerySet[Assignment]:
        """Who labels its clips, tests of annotators left out."""
        return Assignment.objects.without_gold().filter(clip__in=self.clips)

    @property
    def labels(self) -> QuerySet[Label]:
        """What was said of its frames."""
        return Label.objects.filter(
            assignment__clip__in=self.clips, assignment__mixed_into=None
        )


def comparable_subset_for(user: User, pk: int) -> Subset:
    """Return a subset whose labels of everybody this user may see."""
    _check_sees_everything(user, "subset", pk)
    subset = subset_for(user, pk)
    _check_is_not_blind(user, Scope(subset))
    return subset


def comparable_session_for(user: User, pk: int) -> Session:
    """Return a session whose labels of everybody, in all subsets, this user may see."""
    _check_sees_everything(user, "session", pk)
    session = session_for(user, pk)
    _check_is_not_blind(user, Scope(session))
    return session


def labels_blind(user: User, scope: Scope) -> bool:
    """Whether a user still has frames of a scope to label without seeing others.

    The frames may also be in a clip of another subset.
    """
    same_frames = scope.clips.filter(
        trial=OuterRef("clip__trial"),
        start__lt=OuterRef("clip__stop"),
        stop__gt=OuterRef("clip__start"),
    )
    own = assignments_for(user).filter(Exists(same_frames), sees_others=False)
    return unfinished(own).exists()


def _check_sees_everything(user: User, noun: str, pk: int) -> None:
    if not user.sees_everything:
        raise NotFoundError(f"There is no comparison of a {noun} {pk} for you.")


def _check_is_not_blind(user: User, scope: Scope) -> None:
    """Keep adjudicators and admins blind, too, until their own clips are done."""
    if labels_blind(user, scope):
        raise NotAllowedError(
            f"You still label frames of {scope} without seeing others: finish them "
            "first, then see what others say."
        )
