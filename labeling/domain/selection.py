"""Selection: which clips of which sessions people are given."""

import secrets
from collections.abc import Sequence

import numpy as np
from django.db import transaction

from labeling.domain.assignments import assign_subset
from labeling.domain.scores import FloatScores, scores_from
from labeling.domain.subsets import ClipDraft, create_subset
from labeling.errors import LabelingError
from labeling.models import Clip, Scores, Session, Subset, Trial, User
from models_ml.selection import ChosenClip, select_clips

SEEDS = 2**31


@transaction.atomic
def choose_and_assign(
    *,
    user: User | None,
    name: str,
    sessions: Sequence[Session],
    n_clips: int,
    clip_frames: int | None,
    random_share: float,
    annotators: Sequence[User] = (),
    sees_scores: bool = False,
    seed: int | None = None,
) -> Subset:
    """Choose the clips that are most worth a look; give all to each annotator.

    Scores of a session's published version guide the choice where they exist. Frames
    of earlier subsets are not chosen again. Without `clip_frames`, whole trials are
    chosen; without `seed`, a new one is drawn and kept with the subset.
    """
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    used = Trial.objects.used().filter(session__in=sessions)
    trials = list(used.order_by("pk"))
    try:
        chosen = select_clips(
            scores=_scores_around_half(trials, sessions),
            n_frames=[trial.n_frames for trial in trials],
            n_clips=n_clips,
            clip_frames=clip_frames,
            random_share=random_share,
            taken=_chosen_before(trials),
            seed=seed,
        )
    except ValueError as error:
        raise LabelingError(str(error)) from error
    if not chosen:
        names = ", ".join(session.name for session in sessions)
        raise LabelingError(
            f"Expected frames to choose from in {names}, found that every clip of that "
            "length holds some of an earlier subset: choose shorter clips, or other "
            "sessions."
        )
    clips = [
        ClipDraft(
            trial=trials[clip.trial],
            start=clip.start,
            stop=clip.stop,
            reason=clip.reason,
        )
        for clip in chosen
    ]
    subset = create_subset(user=user, name=name, clips=clips, seed=seed)
    assign_subset(
        user=user, subset=subset, annotators=annotators, sees_scores=sees_scores
    )
    return subset


def _scores_around_half(
    trials: Sequence[Trial], sessions: Sequence[Session]
) -> list[FloatScores | None]:
    """Return each trial's scores, moved so that any version's threshold is at 0.5."""
    moved: dict[int, FloatScores] = {}
    for session in sessions:
        version = session.published_version
        if version is not None:
            shift = np.float32(0.5 - version.threshold)
            rows = Scores.objects.filter(trial__session=session, version=version)
            for trial_id, values in rows.values_list("trial", "values").iterator():
                moved[trial_id] = scores_from(values) + shift
    return [moved.get(trial.pk) for trial in trials]


def _chosen_before(trials: Sequence[Trial]) -> list[ChosenClip]:
    position = {trial.pk: place for place, trial in enumerate(trials)}
    clips = Clip.objects.filter(trial__in=position).order_by("pk")
    return [
        ChosenClip(trial=position[trial], start=start, stop=stop, reason=reason)
        for trial, start, stop, reason in clips.values_list(
            "trial", "start", "stop", "reason"
        )
    ]
