"""`manage.py import_session FILE`: import a session file below the data root."""

from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from labeling.domain.recordings.sessions import SessionDetails, import_session
from labeling.management.lab_command import LabCommand, file_below_data_root


class Command(LabCommand):
    help = "Import a session file in WhACC's H5 layout that lies below the data root."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a path, or a path relative to the data root")
        parser.add_argument("--name", default="", help="default: the file's name")
        parser.add_argument(
            "--rate-hz", type=float, default=1000.0, help="frames per second (1000)"
        )
        parser.add_argument("--animal", default="", help="name of the animal")
        parser.add_argument("--rig", default="", help="name of the rig")
        parser.add_argument(
            "--started-at",
            type=_time,
            metavar="TIME",
            help="start of the recording, such as 2026-11-22T14:30 (UTC)",
        )
        parser.add_argument(
            "--scale-px-per-mm", type=float, help="pixels per millimetre"
        )

    def handle(self, *args: object, **options: Any) -> None:
        session = import_session(
            user=None,
            file=file_below_data_root(options["file"]),
            details=_details(options),
        )
        trials = session.trials.all()
        self.stdout.write(
            f"Imported session {session.name}: {len(trials)} trials, "
            f"{sum(trial.n_frames for trial in trials):,} frames of "
            f"{session.width_px}x{session.height_px}."
        )


def _details(options: dict[str, Any]) -> SessionDetails:
    started_at = options["started_at"]
    if started_at is not None and timezone.is_naive(started_at):
        started_at = timezone.make_aware(started_at)
    return SessionDetails(
        name=options["name"],
        rate_hz=options["rate_hz"],
        animal=options["animal"],
        rig=options["rig"],
        started_at=started_at,
        scale_px_per_mm=options["scale_px_per_mm"],
    )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is not a time. Write it as 2026-11-22T14:30."
        ) from error
