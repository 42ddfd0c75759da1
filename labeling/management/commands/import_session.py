"""`manage.py import_session FILE`: record a session file that lies in the data root."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.core.management.base import CommandParser
from django.utils import timezone

from labeling.domain.recordings.sessions import import_session
from labeling.management.lab_command import LabCommand, file_below_data_root


class Command(LabCommand):
    help = "Import a session file in WhACC's H5 layout that lies below the data root."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a path, or a path relative to the data root")
        parser.add_argument("--name", default="", help="default: the file's name")
        parser.add_argument(
            "--rate-hz", type=float, default=1000.0, help="frames a second (1000)"
        )
        parser.add_argument("--animal", default="", help="whose whiskers they are")
        parser.add_argument("--rig", default="", help="where it was recorded")
        parser.add_argument(
            "--started-at",
            type=_time,
            metavar="TIME",
            help="when the recording began, such as 2026-11-22T14:30 (UTC)",
        )
        parser.add_argument(
            "--scale-px-per-mm", type=float, help="pixels that show a millimetre"
        )

    def handle(
        self,
        *args: object,
        file: str,
        name: str,
        rate_hz: float,
        animal: str,
        rig: str,
        started_at: datetime | None,
        scale_px_per_mm: float | None,
        **options: object,
    ) -> None:
        if started_at is not None and timezone.is_naive(started_at):
            started_at = timezone.make_aware(started_at)
        session = import_session(
            user=None,
            file=file_below_data_root(file),
            name=name,
            rate_hz=rate_hz,
            animal=animal,
            rig=rig,
            started_at=started_at,
            scale_px_per_mm=scale_px_per_mm,
        )
        trials = session.trials.all()
        self.stdout.write(
            f"Imported session {session.name}: {len(trials)} trials, "
            f"{sum(trial.n_frames for trial in trials):,} frames of "
            f"{session.width_px}x{session.height_px}."
        )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"expected a time such as 2026-11-22T14:30, found {text!r}"
        ) from error
