"""The scope of a comparison: the clips of a subset, of a session, or of the lab."""

from dataclasses import dataclass

from django.db.models import QuerySet

from labeling.errors import NotFoundError
from labeling.models import Assignment, Clip, Label, Session, Subset, Trial


@dataclass(frozen=True, slots=True)
class Scope:
    """The clips of one subset, those of all subsets in one session, or all clips."""

    of: Subset | Session | None

    def __str__(self) -> str:
        return "all subsets" if self.of is None else str(self.of)

    @property
    def noun(self) -> str:
        """The kind of scope: "subset", "session" or "lab"."""
        return "lab" if self.of is None else type(self.of).__name__.lower()

    @property
    def pk(self) -> int | None:
        """The primary key of the subset or session."""
        return None if self.of is None else self.of.pk

    @property
    def subset(self) -> Subset | None:
        """The subset, if the scope is one."""
        return self.of if isinstance(self.of, Subset) else None

    @property
    def session(self) -> Session | None:
        """The session, if the scope is one."""
        return self.of if isinstance(self.of, Session) else None

    @property
    def subsets(self) -> list[Subset]:
        """The subsets of its clips."""
        if self.subset is not None:
            return [self.subset]
        clips = self.clips.order_by().values("subset")
        return list(Subset.objects.filter(pk__in=clips))

    @property
    def clips(self) -> QuerySet[Clip]:
        """Its clips, including those of excluded trials."""
        if self.subset is not None:
            return Clip.objects.filter(subset=self.subset)
        if self.session is not None:
            return Clip.objects.filter(trial__session=self.session)
        return Clip.objects.all()

    @property
    def trials(self) -> QuerySet[Trial]:
        """The trials of its clips."""
        trials = Trial.objects.filter(pk__in=self.clips.order_by().values("trial"))
        return trials.select_related("session")

    @property
    def assignments(self) -> QuerySet[Assignment]:
        """The assignments of its clips, without quality checks."""
        return Assignment.objects.without_gold().filter(clip__in=self.clips)

    @property
    def labels(self) -> QuerySet[Label]:
        """The labels of its clips, without those of quality checks."""
        return Label.objects.filter(
            assignment__clip__in=self.clips, assignment__mixed_into=None
        )

    def trial(self, pk: int) -> Trial:
        """Return one of its trials."""
        trial = self.trials.filter(pk=pk).first()
        if trial is None:
            raise NotFoundError(f"{self} has no trial {pk}.")
        return trial


LAB = Scope(None)
