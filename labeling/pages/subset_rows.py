"""Subsets, their annotators and their clips, as pages list them."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from labeling.domain.labels.progress import QUEUE, LabellingProgress, progress_by
from labeling.domain.subsets.curation import subsets_for
from labeling.errors import NotFoundError
from labeling.models import Assignment, Clip, Subset, User


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetRow:
    """A subset in the list, with the progress of all annotators or of the user."""

    subset: Subset
    n_clips: int
    progress: LabellingProgress


def subset_rows(user: User) -> list[SubsetRow]:
    """Return the subsets that this user may see, each with its progress."""
    subsets = subsets_for(user).annotate(n_clips=Count("clips"))
    assignments = Assignment.objects.active()
    n_assigned: dict[int, int] = {}
    if not user.sees_everything:
        assignments = assignments.filter(annotator=user)
        queues = assignments.order_by().values_list(QUEUE)
        n_assigned = dict(queues.annotate(n=Count("pk")))
    progress = progress_by("queue", assignments)
    nothing = LabellingProgress(labelled=0, total=0)
    return [
        SubsetRow(
            subset=subset,
            # Annotators see the number of their own clips: if it were larger than the
            # subset's, they would know that quality-check clips are among them.
            n_clips=subset.n_clips if user.sees_everything else n_assigned[subset.pk],
            progress=progress.get(subset.pk, nothing),
        )
        for subset in subsets
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorRow:
    """An annotator of a subset, with progress and policy."""

    annotator: User
    progress: LabellingProgress
    n_clips: int = 0
    n_finished: int = 0
    n_withdrawn: int = 0
    n_gold: int = 0
    n_again: int = 0
    sees_scores: bool = False
    sees_others: bool = False

    @property
    def n_left(self) -> int:
        """Number of unfinished clips."""
        return self.n_clips - self.n_finished


def annotator_rows(user: User, subset: Subset) -> list[AnnotatorRow]:
    """Return the annotators of a subset; annotators see only themselves."""
    assignments = Assignment.objects.queued_in(subset)
    if not user.sees_everything:
        own = assignments.active().filter(annotator=user)
        progress = progress_by("annotator", own)
        return [
            AnnotatorRow(annotator=user, progress=each) for each in progress.values()
        ]
    progress = progress_by("annotator", assignments.active())
    all_assignments = assignments.select_related("annotator", "clip")
    by_annotator: dict[User, list[Assignment]] = {}
    for each in all_assignments.annotate(n_labelled=Count("labels")):
        by_annotator.setdefault(each.annotator, []).append(each)
    nothing = LabellingProgress(labelled=0, total=0)
    return [
        _row(annotator, progress.get(annotator.pk, nothing), own)
        for annotator, own in sorted(
            by_annotator.items(), key=lambda pair: pair[0].username
        )
    ]


def annotator_row(user: User, subset: Subset, pk: int) -> AnnotatorRow:
    """Return the row of one annotator in a subset."""
    for row in annotator_rows(user, subset):
        if row.annotator.pk == pk:
            return row
    raise NotFoundError(f"Account {pk} has no clips of {subset}.")


def clip_rows(subset: Subset) -> QuerySet[Clip]:
    """Return the clips of a subset, with the number of annotators of each one."""
    is_held = Q(
        assignments__withdrawn_at=None,
        assignments__mixed_into=None,
        assignments__pass_number=1,
    )
    clips = subset.clips.select_related("trial__session")
    counted = clips.annotate(n_annotators=Count("assignments", filter=is_held))
    return counted.order_by("trial__session", "trial__first_row", "start")


def _row(
    annotator: User, progress: LabellingProgress, own: list[Assignment]
) -> AnnotatorRow:
    active = [each for each in own if each.withdrawn_at is None]
    # annotator_rows annotates this; the type checker cannot see it.
    n_finished = sum(each.n_labelled == each.clip.n_frames for each in active)  # type: ignore[attr-defined]
    return AnnotatorRow(
        annotator=annotator,
        progress=progress,
        n_clips=len(active),
        n_finished=n_finished,
        n_withdrawn=len(own) - len(active),
        n_gold=sum(each.mixed_into_id is not None for each in active),
        n_again=sum(each.pass_number > 1 for each in active),
        sees_scores=any(each.sees_scores for each in active),
        sees_others=any(each.sees_others for each in active),
    )
