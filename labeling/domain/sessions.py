"""Sessions: who sees them, what they hold, how one comes in."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum

from labeling.domain.scores import session_touches
from labeling.domain.session_files import data_root, opened_file, path_below_data_root
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Session, Trial, User


def sessions_for(user: User) -> QuerySet[Session]:
    """Return the sessions that this user may see.

    Annotators see those of which they were given a clip.
    """
    sessions = Session.objects.select_related("published_version")
    if not user.sees_everything:
        assigned = Trial.objects.filter(clips__assignments__annotator=user)
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

    `n_touches` is None when the trial is not scored, or not for this user to know.
    """

    trial: Trial
    n_touches: int | None


def trial_rows(user: User, session: Session) -> list[TrialRow]:
    """Return a session's trials, each with the touches of the published version.

    Annotators are not told what the model found: some of them label blind.
    """
    version = session.published_version if user.sees_everything else None
    trials = list(session.trials.all())
    touches = session_touches(session, version) if version else {}
    return [
        TrialRow(
            trial=trial,
            n_touches=len(touches[trial.pk]) if trial.pk in touches else None,
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
) -> Session:
    """Record a session file that lies below the data root.

    The file is checked in full first; nothing is written when anything is amiss.
    `user` is None when the command line imports.
    """
    if user is not None and not user.is_admin:
        raise NotAllowedError("Only an admin imports sessions.")
    file = str(path_below_data_root(file).relative_to(data_root()))
    name = name.strip() or PurePosixPath(file).stem
    if not rate_hz > 0:
        raise LabelingError(
            f"Expected a rate above 0 Hz, found {rate_hz}: give the camera's frames "
            "a second."
        )
    with opened_file(file) as source:
        session = Session(
            name=name,
            file=file,
            height_px=source.height,
            width_px=source.width,
            rate_hz=rate_hz,
            animal=animal.strip(),
            rig=rig.strip(),
            started_at=started_at,
            scale_px_per_mm=scale_px_per_mm,
        )
        entries = source.trials
    try:
        with transaction.atomic():
            session.save()
            Trial.objects.bulk_create(
                Trial(
                    session=session,
                    number=entry.number,
                    video_name=entry.video_name,
                    first_row=entry.first_row,
                    n_frames=entry.n_frames,
                )
                for entry in entries
            )
    except IntegrityError as error:
        if not Session.objects.filter(name=name).exists():
            raise
        raise LabelingError(
            f"Expected a new name, found that a session {name!r} exists already: give "
            "this one another name."
        ) from error
    return session
