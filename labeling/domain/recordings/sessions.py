"""Sessions: find and list them, and import new ones."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum

from labeling.domain.permissions import require_admin
from labeling.domain.recordings.session_files import (
    data_root,
    opened_file,
    path_below_data_root,
)
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Scores, Session, Trial, User
from models_ml.session_files.trial_table import TrialEntry

# The first one that applies is the message.
UNIQUE_SENTENCES = {
    "file": "The file {file!r} is already imported as session {taken}.",
    "fingerprint": "This file is a copy: its frames are those of session {taken}.",
    "name": "There is already a session {name!r}. Choose another name.",
}


def sessions_for(user: User) -> QuerySet[Session]:
    """Return the sessions that this user may see.

    Annotators see the sessions of their clips.
    """
    sessions = Session.objects.select_related("published_version")
    if not user.sees_everything:
        own = Assignment.objects.active().filter(annotator=user)
        assigned = Trial.objects.filter(clips__assignments__in=own)
        sessions = sessions.filter(pk__in=assigned.values("session"))
    return sessions


def session_for(user: User, pk: int) -> Session:
    """Return a session that this user may see."""
    session = sessions_for(user).filter(pk=pk).first()
    if session is None:
        raise NotFoundError(f"There is no session {pk} that you may see.")
    return session


def with_sizes(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Add `n_trials` and `n_frames` to each session."""
    return sessions.annotate(
        n_trials=Count("trials"), n_frames=Sum("trials__n_frames", default=0)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """A trial in the list of a session.

    `n_touches` is None for a trial without scores. It and the role are None if the user
    must not know them.
    """

    trial: Trial
    n_touches: int | None
    role: str | None


def trial_rows(user: User, session: Session) -> list[TrialRow]:
    """Return the trials of a session with the touches of the published version.

    Annotators see neither touches, because some of them label blind, nor roles, so that
    they do not label held-out trials with more care.
    """
    trials = session.trials.all()
    if not user.sees_everything:
        return [TrialRow(trial=trial, n_touches=None, role=None) for trial in trials]
    scored = Scores.objects.filter(
        trial__in=session.trials.included(), version=session.published_version_id
    )
    n_touches = dict(scored.values_list("trial", "n_touches"))
    return [
        TrialRow(
            trial=trial,
            n_touches=n_touches.get(trial.pk),
            role=trial.get_role_display(),
        )
        for trial in trials
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetails:
    """What a session file does not hold: the metadata of a session.

    Without a name, the session is named after its file. `tracking` is the request with
    which its videos were tracked.
    """

    name: str = ""
    rate_hz: float = 1000.0
    animal: str = ""
    rig: str = ""
    started_at: datetime | None = None
    scale_px_per_mm: float | None = None
    tracking: dict[str, Any] | None = None


NO_DETAILS = SessionDetails()


def import_session(
    *, user: User | None, file: str, details: SessionDetails = NO_DETAILS
) -> Session:
    """Import a session file that lies below the data root.

    The file is checked in full first; if anything is wrong, nothing is written.
    """
    require_admin(user, "import sessions")
    file = str(path_below_data_root(file).relative_to(data_root()))
    with opened_file(file) as source:
        session = Session(
            name=details.name.strip() or PurePosixPath(file).stem,
            file=file,
            fingerprint=source.fingerprint(),
            height_px=source.height,
            width_px=source.width,
            rate_hz=details.rate_hz,
            animal=details.animal.strip(),
            rig=details.rig.strip(),
            started_at=details.started_at,
            scale_px_per_mm=details.scale_px_per_mm,
            tracking=details.tracking,
            is_simulated=source.is_simulated,
        )
        trials = [_trial(session, entry) for entry in source.trials]
    _check([session, *trials])
    try:
        with transaction.atomic():
            session.save()
            Trial.objects.bulk_create(trials)
    except IntegrityError as error:
        sentence = _taken_sentence(session)
        if sentence is None:
            raise
        raise LabelingError(sentence) from error
    return session


def _trial(session: Session, entry: TrialEntry) -> Trial:
    return Trial(
        session=session,
        number=entry.number,
        video_name=entry.video_name,
        first_row=entry.first_row,
        n_frames=entry.n_frames,
    )


def _check(rows: list[Session | Trial]) -> None:
    """Refuse rows that the database would refuse, with one message."""
    for row in rows:
        try:
            row.full_clean(
                exclude=["session"],
                validate_unique=False,
                validate_constraints=isinstance(row, Session),
            )
        except ValidationError as error:
            problems = " ".join(
                " ".join(messages)
                if field == NON_FIELD_ERRORS
                else f"{field.replace('_', ' ')}: {' '.join(messages)}"
                for field, messages in error.message_dict.items()
            )
            raise LabelingError(
                f"{row} cannot be imported: {problems} Correct the file or the form."
            ) from error
        if isinstance(row, Trial) and not row.video_name.isprintable():
            raise LabelingError(
                f"The video name {row.video_name!a} has characters that cannot be "
                "printed. Correct the names in the file."
            )


def _taken_sentence(session: Session) -> str | None:
    """Return the message for the unique field that is taken; None if none is."""
    for field, sentence in UNIQUE_SENTENCES.items():
        value = getattr(session, field)
        taken = Session.objects.filter(**{field: value}).first()
        if taken is not None:
            return sentence.format(name=session.name, file=session.file, taken=taken)
    return None
