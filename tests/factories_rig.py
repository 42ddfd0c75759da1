"""A simulated rig whose trials are labelled with the truth of the simulation."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.labels.runs import runs_of
from labeling.domain.recordings.session_files import opened_session
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.models import Assignment, Session, Subset, User
from models_ml.simulator.rigs import UNSEEN_RIGS
from models_ml.simulator.session import write_simulated_session
from tests.factories import label

TRIALS, FRAMES = 5, 400


def write_rig(path: Path) -> Path:
    write_simulated_session(
        path, UNSEEN_RIGS[0], seed=3, n_trials=TRIALS, n_frames=FRAMES
    )
    return path


def subset_by_truth(
    session: Session, annotators: Sequence[User], *, name: str = "labelled"
) -> Subset:
    """Create a subset of whole trials that all annotators label with the truth."""
    clips = [
        ClipDraft(trial=trial, start=0, stop=trial.n_frames, reason="whole trial")
        for trial in session.trials.all()
    ]
    subset = create_subset(user=None, name=name, clips=clips)
    assign_subset(user=None, subset=subset, annotators=annotators)
    with opened_session(session) as source:
        for assignment in Assignment.objects.filter(clip__subset=subset):
            trial = assignment.clip.trial
            truth = source.truth[trial.first_row : trial.stop_row].astype(np.int8)
            label(assignment, *runs_of(truth, first=0))
    return subset
