"""The demo: accounts, a real and simulated sessions, and subsets to try it all on."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from labeling.domain.assignments.assigning import AssignmentRequest
from labeling.domain.assignments.file_labels import file_labels, take_file_labels
from labeling.domain.assignments.labelling import assignments_for
from labeling.domain.assignments.select_and_assign import select_and_assign
from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.labels.log import OperationDraft
from labeling.domain.labels.operations import record_operations
from labeling.domain.labels.runs import runs_of
from labeling.domain.recordings.session_files import data_root, opened_session
from labeling.domain.recordings.sessions import SessionDetails, import_session
from labeling.domain.subsets.by_model import ModelSelection
from labeling.domain.versions.scoring import score_session
from labeling.errors import LabelingError
from labeling.models import Session, User
from models_ml.arrays import Int8s, Mask
from models_ml.atomic_file import replaced_file
from models_ml.session_files.file_labels import read_labels
from models_ml.simulator.rigs import DEMO_RIGS
from models_ml.simulator.session import write_simulated_session

ADMIN = "admin"
ANNOTATORS = ("ada", "ben", "cleo")
# Whose labels the file of the real recording holds.
LAB = "hireslab"
REAL_RECORDING = Path(__file__).parents[1] / "demo_recording" / "real_whisker.h5"
# Has already labelled all clips, so that a retrain has labels.
FINISHED = "cleo"
TRIALS = 16
TRIAL_FRAMES = 600
CLIPS = 32
CLIP_FRAMES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The login of a demo account."""

    username: str
    role: str
    password: str


def is_empty() -> bool:
    """Whether the installation has no accounts yet."""
    return not User.objects.exists()


def seed_demo(*, progress: JobProgress = silent_progress) -> list[Login]:
    """Fill an empty installation with the demo; after an interruption, start again."""
    if not is_empty():
        raise LabelingError(
            "This installation already has accounts, so the demo was not added. Use "
            "an empty installation."
        )
    files = _write_sessions(progress)
    with transaction.atomic():
        logins = _create_accounts()
        real = import_session(
            user=None,
            file=_copy_recording(),
            # Sorted before the simulated sessions: its clips come first.
            details=SessionDetails(name="hireslab", rig="Hires lab"),
        )
        sessions = [
            import_session(
                user=None,
                file=file,
                details=SessionDetails(rig=rig, animal="simulated"),
            )
            for file, rig in files
        ]
        _score_and_select([real, *sessions], progress)
        _label_by_truth(User.objects.get(username=FINISHED))
        lab = User.objects.get(username=LAB)
        found = file_labels(user=None, session=real, annotator=lab)
        take_file_labels(user=None, found=found)
        # Before the commit: without their passwords, accounts would be useless.
        _save_logins(logins)
    return logins


def _copy_recording() -> str:
    """Copy the real recording below the data root."""
    file = f"demo/{REAL_RECORDING.name}"
    with replaced_file(data_root() / file) as part:
        part.write_bytes(REAL_RECORDING.read_bytes())
    return file


def _write_sessions(progress: JobProgress) -> list[tuple[str, str]]:
    files = []
    for done, rig in enumerate(DEMO_RIGS):
        progress("simulating sessions", done, len(DEMO_RIGS))
        file = f"demo/{rig.name}.h5"
        write_simulated_session(
            data_root() / file,
            rig,
            seed=done,
            n_trials=TRIALS,
            n_frames=TRIAL_FRAMES,
        )
        files.append((file, rig.name))
    progress("simulating sessions", len(DEMO_RIGS), len(DEMO_RIGS))
    return files


def _create_accounts() -> list[Login]:
    people = [(ADMIN, User.Role.ADMIN)]
    people += [(name, User.Role.ANNOTATOR) for name in (*ANNOTATORS, LAB)]
    logins = []
    for username, role in people:
        password = secrets.token_urlsafe(9)
        User.objects.create_user(username, password=password, role=role)
        logins.append(Login(username=username, role=role, password=password))
    return logins


def _score_and_select(sessions: list[Session], progress: JobProgress) -> None:
    for session in sessions:
        score_session(session=session, progress=progress)
    annotators = list(User.objects.filter(username__in=ANNOTATORS))
    select_and_assign(
        user=None,
        name="First look",
        selection=ModelSelection(
            sessions=sessions,
            n_clips=CLIPS,
            clip_frames=CLIP_FRAMES,
            random_share=0.25,
            seed=0,
        ),
        request=AssignmentRequest(annotators=annotators, sees_scores=True),
    )


def _label_by_truth(annotator: User) -> None:
    """Label all clips of an annotator with the truth of the simulation.

    Clips of the real recording get the labels of the lab.
    """
    for assignment in assignments_for(annotator):
        clip, trial = assignment.clip, assignment.clip.trial
        with opened_session(trial.session) as source:
            labels: Int8s | Mask | None = source.truth
            if labels is None:
                labels = read_labels(source.path, source.n_frames)
        if labels is None:
            raise LabelingError(f"{trial.session} has neither truth nor labels.")
        values = labels[trial.first_row + clip.start : trial.first_row + clip.stop]
        draft = OperationDraft(
            id=uuid4(),
            sequence=1,
            made_on_revision=0,
            runs=runs_of(values.astype(np.int8), first=clip.start),
            undoes=None,
            suggestion_shown=True,
            made_at=timezone.now(),
        )
        record_operations(assignment=assignment, client=uuid4(), drafts=[draft])


def _save_logins(logins: list[Login]) -> None:
    """Write the passwords to a file that only its owner can read."""
    path = Path(settings.WHACC_DEMO_LOGINS)
    with replaced_file(path, mode=0o600) as part:
        part.write_text(logins_table(logins))


def logins_table(logins: list[Login]) -> str:
    """Return the logins as a table of text."""
    rows = [f"{each.username:<8} {each.password:<14} {each.role}" for each in logins]
    return "\n".join(["user     password       role", *rows, ""])
