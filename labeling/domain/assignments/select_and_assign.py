"""Select the clips of a new subset by a model, and assign them, in one transaction."""

from dataclasses import replace

from django.db import transaction

from labeling.domain.assignments.assigning import (
    AssignmentRequest,
    PlannedQueue,
    assign_clips,
)
from labeling.domain.subsets.by_model import ModelSelection, selected_clips
from labeling.domain.subsets.curation import create_subset
from labeling.models import Subset, User


@transaction.atomic
def select_and_assign(
    *,
    user: User | None,
    name: str,
    selection: ModelSelection,
    request: AssignmentRequest | None = None,
) -> tuple[Subset, list[PlannedQueue]]:
    """Create a subset of the clips that a model selects, and assign them.

    Without a request, the subset stays a draft. The seed of the selection also decides
    how the clips are shared out.
    """
    clips = selected_clips(selection)
    subset = create_subset(user=user, name=name, clips=clips, seed=selection.seed)
    if request is None:
        return subset, []
    request = replace(request, seed=selection.seed)
    return subset, assign_clips(user=user, subset=subset, request=request)
