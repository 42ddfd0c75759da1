"""Functions that create rows and files for tests."""

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
# A token against cross-site requests, random in each response.
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")


def make_user(username: str = "alice", role: str = "annotator") -> User:
    return User.objects.create_user(username, password=PASSWORD, role=role)


def make_session(
    name: str = "session", *, n_frames: Sequence[int] = (200, 200), file: str = ""
) -> Session:
    """Create a session without a file, for tests that read no frames."""
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
    """Create a subset with one clip in each trial."""
    clips = [
        ClipDraft(trial=trial, start=start, stop=stop, reason="random")
        for trial in session.trials.all()
    ]
    return create_subset(user=None, name=name, clips=clips)


def make_assignment(
    annotator: User | None = None, *, start: int = 10, stop: int = 50, **fields: object
) -> Assignment:
    """Assign the only clip of a new session to an annotator."""
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
    """Save scores of a version with these touches, `[onset, offset)`, in each trial."""
    for trial, of_trial in zip(session.trials.all(), touches, strict=True):
        scores = np.zeros(trial.n_frames, np.float32)
        for onset, offset in of_trial:
            scores[onset:offset] = 0.9
        save_scores(trial=trial, version=version, scores=scores)


def make_draft(
    *runs: Run,
    revision: int = 0,
    undoes: Operation | LoggedOperation | None = None,
    note: tuple[int, str] | None = None,
    **fields: object,
) -> OperationDraft:
    """Return an operation; `fields` are other fields of the draft."""
    usual = {"sequence": 1, "suggestion_shown": False, "made_at": NOON}
    return OperationDraft(
        id=uuid4(),
        made_on_revision=revision,
        runs=list(runs),
        undoes=undoes.id if undoes else None,
        note=note and NoteDraft(frame=note[0], text=note[1]),
        **{**usual, **fields},
    )


def label(
    assignment: Assignment,
    *runs: Run,
    client: UUID | None = None,
    made_at: datetime = NOON,
) -> Receipt:
    """Label runs with one operation of a new client."""
    assignment.refresh_from_db()
    draft = make_draft(*runs, revision=assignment.revision, made_at=made_at)
    return record_operations(
        assignment=assignment, client=client or uuid4(), drafts=[draft]
    )


def labelled_by_two(subset: Subset, *, stop: int = 50) -> Subset:
    """Let ada and ben label a touch in each clip from frame 10; ben's starts later."""
    for name, onset in (("ada", 20), ("ben", 22)):
        assign_subset(user=None, subset=subset, annotators=[make_user(name)])
        for assignment in Assignment.objects.filter(annotator__username=name):
            label(assignment, (10, stop, 0))
            label(assignment, (onset, 30, 1))
    return subset


def noise_frames(seed: int, *, n_frames: int = 40, size_px: int = 61) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n_frames, size_px, size_px), dtype=np.uint8)


def decide(
    user: User,
    subset: Subset,
    start: int,
    values: list[int] | None,
    *,
    client: UUID | None = None,
    **fields: object,
) -> Outcome:
    """Decide on a stretch, or reopen it without values; `fields` are of the draft."""
    usual = {
        "revision": 0,
        "trial": subset.clips.first().trial_id,
        "stop": start + len(values or []),
        "reasons": [],
    }
    draft = DecisionDraft(
        id=uuid4(), start=start, values=values, made_at=NOON, **{**usual, **fields}
    )
    (outcome,) = record_decisions(
        user=user, subset=subset, client=client or uuid4(), drafts=[draft]
    )
    return outcome


def contents_of(*responses) -> bytes:
    """Return the contents of responses, without their random tokens."""
    return b"".join(TOKEN.sub(b"", response.content) for response in responses)
