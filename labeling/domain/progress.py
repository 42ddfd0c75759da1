"""Progress: how many frames are labelled of those that were given out."""

from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum

from labeling.models import Assignment, Label, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many frames are labelled of those that are to be."""

    labelled: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percent, 100 only when nothing is left."""
        return 100 * self.labelled // self.total if self.total else 0


def progress_by(key: str, assignments: QuerySet[Assignment]) -> dict[int, Progress]:
    """Return the progress of assignments, summed for each value of a field."""
    frames = F("clip__stop") - F("clip__start")
    totals = assignments.order_by().values_list(key).annotate(total=Sum(frames))
    labels = Label.objects.filter(assignment__in=assignments)
    labelled = dict(labels.values_list(f"assignment__{key}").annotate(n=Count("pk")))
    return {
        group: Progress(labelled=labelled.get(group, 0), total=total)
        for group, total in totals
    }


def progress_in_subset(annotator: User, subset_id: int) -> Progress:
    """Return how far one annotator is in one subset."""
    own = Assignment.objects.filter(annotator=annotator, clip__subset=subset_id)
    return progress_by("annotator", own)[annotator.pk]
