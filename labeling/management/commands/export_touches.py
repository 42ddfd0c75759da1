"""`manage.py export_touches SESSION...`: touches as a CSV table."""

import csv
import sys
from pathlib import Path

from django.core.management.base import CommandParser

from labeling.domain.touches import TOUCH_COLUMNS, touch_rows
from labeling.management.lab_command import LabCommand, sessions_named
from models_ml.atomic_file import replaced_file


class Command(LabCommand):
    help = "Write the touches of sessions' published versions as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sessions", nargs="+", metavar="SESSION")
        parser.add_argument("--output", type=Path, help="default: standard output")

    def handle(
        self,
        *args: object,
        sessions: list[str],
        output: Path | None,
        **options: object,
    ) -> None:
        rows = [
            row for session in sessions_named(sessions) for row in touch_rows(session)
        ]
        if output is None:
            csv.writer(sys.stdout).writerows([TOUCH_COLUMNS, *rows])
            return
        with replaced_file(output) as part, part.open("w", newline="") as file:
            csv.writer(file).writerows([TOUCH_COLUMNS, *rows])
        self.stdout.write(f"Wrote {len(rows)} touches to {output}.")
