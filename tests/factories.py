"""Rows and files for tests: plain functions, no surprises."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import numpy as np

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.labels.decisions import (
    DecisionDraft,
    Outcome,
    record_decisions,
)
from labeling.domain.labels.log import LoggedOperation, OperationDraft
from labeling.domain.labels.notes import NoteDraft
from labeling.domain.labels.operations import Receipt, record_operations
from labeling.domain.labels.runs import Run
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.domain.versions.scores import save_scores
from labeling.models import (
    Assignment,
    Backbone,
    ModelVersion,
    Operation,
    Session,
    Subset,
    User,
)

PASSWORD = "a whisker touches a pole"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Against cross-site requests: random in each answer.
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")


def make_user(username: str = "alice", role: str = "annotator") -> User:
    return User.objects.create_user(username, password=PASSWORD, role=role)


def make_session(
    name: str = "session", *, n_frames: Sequence[int] = (200, 200), file: str = ""
) -> Session:
    """Record a session without a file; for tests that look at no frame."""
    session = Session.objects.create(
        name=name,
        file=file or f"{name}.h5",
        fingerprint=f"of {name}",
        height_px=61,
        width_px=61,
    )
    first_row = 0
    for number, count in enumerate(n_frames, start=1):
        session.trials.create(number=number, first_row=first_row, n_frames=count)
        first_row += count
    return session


def make_subset(
    session: Session, *, start: int = 10, stop: int = 50, name: str = "subset"
) -> Subset:
    """Make a subset of one clip in each trial."""
    clips = [
        ClipDraft(trial=trial, start=start, stop=stop, reason="random")
        for trial in session.trials.all()
    ]
    return create_subset(user=None, name=name, clips=clips)


def make_assignment(
    annotator: User | None = None, *, start: int = 10, stop: int = 50, **fields: object
) -> Assignment:
    """Give the only clip of a new session to an annotator."""
    subset = make_subset(make_session(n_frames=[200]), start=start, stop=stop)
    return Assignment.objects.create(
        clip=subset.clips.get(), annotator=annotator or make_user(), **fields
    )


def make_version(
    threshold: float = 0.5,
    *,
    number: int = 1,
    parent: ModelVersion | None = None,
    metrics: dict[str, object] | None = None,
    parameters: dict[str, object] | None = None,
) -> ModelVersion:
    backbone, _ = Backbone.objects.get_or_create(
        name="b", kind="compact", sha256="0" * 64, input_px=48, n_units=4
    )
    return ModelVersion.objects.create(
        number=number,
        parent=parent,
        backbone=backbone,
        feature_set={},
        parameters=parameters or {},
        threshold=threshold,
        metrics=metrics or {},
        files={},
    )


def score_touches(
    session: Session, version: ModelVersion, touches: Sequence[Sequence[tuple]]
) -> None:
    """Let a version find these touches, `[onset, offset)`, in each trial."""
    for trial, of_trial in zip(session.trials.all(), touches, strict=True):
        scores = np.zeros(trial.n_frames, np.float32)
        for onset, offset in of_trial:
            scores[onset:offset] = 0.9
        save_scores(trial=trial, version=version, scores=scores)


def make_draft(
    *runs: Run,
    sequence: int = 1,
    revision: int = 0,
    undoes: Operation | LoggedOperation | None = None,
    suggestion_shown: bool = False,
    note: tuple[int, str] | None = None,
    gesture: int | None = None,
    made_at: datetime = NOON,
) -> OperationDraft:
    return OperationDraft(
        id=uuid4(),
        sequence=sequence,
        made_on_revision=revision,
        runs=list(runs),
        undoes=undoes.id if undoes else None,
        suggestion_shown=suggestion_shown,
        made_at=made_at,
        note=note and NoteDraft(frame=note[0], text=note[1]),
        gesture=gesture,
    )


def label(
    assignment: Assignment,
    *runs: Run,
    client: UUID | None = None,
    made_at: datetime = NOON,
) -> Receipt:
    """Label runs as one operation of a client of its own."""
    assignment.refresh_from_db()
    draft = make_draft(*runs, revision=assignment.revision, made_at=made_at)
    return record_operations(
        assignment=assignment, client=client or uuid4(), drafts=[draft]
    )


def labelled_by_two(subset: Subset, *, stop: int = 50) -> Subset:
    """Let ada see a touch in each clip from frame 10, which ben begins later."""
    for name, onset in (("ada", 20), ("ben", 22)):
        assign_subset(user=None, subset=subset, annotators=[make_user(name)])
        for assignment in Assignment.objects.filter(annotator__username=name):
            label(assignment, (10, stop, 0))
            label(assignment, (onset, 30, 1))
    return subset


def noise_frames(seed: int, *, n_frames: int = 40, size_px: int = 61) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n_frames, size_px, size_px), dtype=np.uint8)


def settle(
    user: User,
    subset: Subset,
    start: int,
    values: list[int] | None,
    *,
    stop: int | None = None,
    trial: int | None = None,
    reasons: Sequence[str] = (),
    revision: int = 0,
    client: UUID | None = None,
) -> Outcome:
    """Answer for a stretch; without values it is opened again."""
    draft = DecisionDraft(
        id=uuid4(),
        revision=revision,
        trial=trial or subset.clips.first().trial_id,
        start=start,
        stop=stop or start + len(values or []),
        values=values,
        reasons=list(reasons),
        made_at=NOON,
    )
    (outcome,) = record_decisions(
        user=user, subset=subset, client=client or uuid4(), drafts=[draft]
    )
    return outcome


def said_by(*answers) -> bytes:
    """Return what answers say, without random tokens: they may spell a name."""
    return b"".join(TOKEN.sub(b"", answer.content) for answer in answers)
