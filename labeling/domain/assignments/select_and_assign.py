"""Select the clips of a new subset by a model, and assign them, in one transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from labeling.domain.assignments.assigning import GivenQueue, Giving, give_clips
from labeling.domain.subsets.by_model import SEEDS, chosen_clips
from labeling.domain.subsets.curation import create_subset
from labeling.models import Session, Subset, User


@transaction.atomic
def choose_and_give(
    *,
    user: User | None,
    name: str,
    sessions: Sequence[Session],
    n_clips: int,
    clip_frames: int | None,
    random_share: float,
    giving: Giving | None = None,
    seed: int | None = None,
) -> tuple[Subset, list[GivenQueue]]:
    """Choose the clips that are most worth a look, and give them out.

    Scores of a session's published version guide the choice where they exist. Frames
    of earlier subsets are not chosen again, nor are those in which the pole is out of
    reach. Without `clip_frames`, whole trials are chosen; without `giving`, the subset
    stays a draft. Without `seed`, a new one is drawn and kept with the subset; clips
    are shared out by the same one.
    """
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    clips = chosen_clips(
        sessions=sessions,
        n_clips=n_clips,
        clip_frames=clip_frames,
        random_share=random_share,
        seed=seed,
    )
    subset = create_subset(user=user, name=name, clips=clips, seed=seed)
    if giving is None:
        return subset, []
    giving = replace(giving, seed=seed)
    return subset, give_clips(user=user, subset=subset, giving=giving)
