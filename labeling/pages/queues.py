"""A user's own queues as the home page lists them."""

from dataclasses import dataclass

from labeling.domain.assignments.labelling import assignments_for
from labeling.domain.labels.progress import LabellingProgress
from labeling.models import Assignment, Subset, User


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A user's clips of one subset; `resume` is the next one to label, if any."""

    subset: Subset
    n_clips: int
    n_left: int
    n_returned: int
    progress: LabellingProgress
    resume: Assignment | None


def queue_rows(user: User) -> list[QueueRow]:
    """Return a user's own queues, those with clips to label first."""
    by_queue: dict[int, list[Assignment]] = {}
    for assignment in assignments_for(user):
        by_queue.setdefault(assignment.queue_id, []).append(assignment)
    subsets = Subset.objects.in_bulk(by_queue)
    rows = [_row(subsets[pk], own) for pk, own in by_queue.items()]
    return sorted(rows, key=lambda row: row.resume is None)


def _row(subset: Subset, own: list[Assignment]) -> QueueRow:
    # assignments_for annotates this; the type checker cannot see it.
    labelled = [each.n_labelled for each in own]  # type: ignore[attr-defined]
    total = [each.clip.n_frames for each in own]
    is_returned = [each.is_returned for each in own]  # type: ignore[attr-defined]
    left = [
        each
        for each, n, of, waits in zip(own, labelled, total, is_returned, strict=True)
        if n < of and not waits
    ]
    return QueueRow(
        subset=subset,
        n_clips=len(own),
        n_left=len(left),
        n_returned=sum(is_returned),
        progress=LabellingProgress(labelled=sum(labelled), total=sum(total)),
        resume=next(iter(left), None),
    )
