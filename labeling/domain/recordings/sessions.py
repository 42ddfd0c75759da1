"""Sessions: who sees them, what they hold, how one comes in."""

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
from models_ml.session_files.layout import TrialEntry

# The first that holds is said.
UNIQUE_SENTENCES = {
    "file": "Expected a new file, found that {file!r} was imported already: it is "
    "session {taken}.",
    "fingerprint": "Expected new frames, found those of session {taken}: this file is "
    "a copy.",
    "name": "Expected a new name, found that a session {name!r} exists already: give "
    "this one another name.",
}


def sessions_for(user: User) -> QuerySet[Session]:
    """Return the sessions that this user may see.

    Annotators see those of which they were given a clip.
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
    """A trial as a session's page lists it.

    `n_touches` is None when the trial is not scored; it and the role are None when
    they are not for this user to know.
    """

    trial: Trial
    n_touches: int | None
    role: str | None


def trial_rows(user: User, session: Session) -> list[TrialRow]:
    """Return a session's trials, each with the touches of the published version.

    Annotators learn neither what the model found, since some of them label blind, nor
    which trials test it, since nobody should label those with more care.
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


def import_session(
    *,
    user: User | None,
    file: str,
    name: str = "",
    rate_hz: float = 1000.0,
    animal: str = "",
    rig: str = "",
    started_at: datetime | None = None,
    scale_px_per_mm: float | None = None,
    tracking: dict[str, Any] | None = None,
) -> Session:
    """Record a session file that lies below the data root.

    The file is checked in full first; nothing is written when anything is amiss.
    `user` is None when the command line imports.
    """
    require_admin(user, "import sessions")
    file = str(path_below_data_root(file).relative_to(data_root()))
    with opened_file(file) as source:
        session = Session(
            name=name.strip() or PurePosixPath(file).stem,
            file=file,
            fingerprint=source.fingerprint(),
            height_px=source.height,
            width_px=source.width,
            rate_hz=rate_hz,
            animal=animal.strip(),
            rig=rig.strip(),
            started_at=started_at,
            scale_px_per_mm=scale_px_per_mm,
            tracking=tracking,
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
    """Refuse what the database would refuse, in one sentence."""
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
                f"Expected a session that can be recorded, found in {row}: {problems} "
                "Mend the file or what you typed."
            ) from error
        if isinstance(row, Trial) and not row.video_name.isprintable():
            raise LabelingError(
                f"Expected video names of printable characters, found "
                f"{row.video_name!a}: mend the names in the file."
            )


def _taken_sentence(session: Session) -> str | None:
    """Return which of what must be unique is taken, in a sentence."""
    for field, sentence in UNIQUE_SENTENCES.items():
        value = getattr(session, field)
        taken = Session.objects.filter(**{field: value}).first()
        if taken is not None:
            return sentence.format(name=session.name, file=session.file, taken=taken)
    return None
