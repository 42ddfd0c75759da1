"""`manage.py export_touches SESSION...`: touches as a CSV table."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from labeling.management.lab_command import LabCommand, sessions_named
from labeling.pages.csv_tables import csv_text
from labeling.pages.touch_table import TOUCH_COLUMNS, touch_table
from models_ml.atomic_file import replaced_file


class Command(LabCommand):
    help = "Write the touches of sessions' published versions as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "sessions", nargs="+", metavar="SESSION", help="names of sessions"
        )
        parser.add_argument("--output", type=Path, help="default: standard output")
        parser.add_argument(
            "--all-frames",
            action="store_true",
            help="include frames with the pole out of reach",
        )

    def handle(
        self,
        *args: object,
        sessions: list[str],
        output: Path | None,
        all_frames: bool,
        **options: object,
    ) -> None:
        if output is not None:
            _check_output(output)
        rows = []
        for session in sessions_named(sessions):
            found = touch_table(session, all_frames=all_frames)
            rows += found.rows
            if found.n_left_out:
                self.stderr.write(
                    f"{session}: {found.n_left_out:,} frames with the pole out of "
                    "reach left out."
                )
        table = csv_text([TOUCH_COLUMNS, *rows])
        if output is None:
            self.stdout.write(table, ending="")
            return
        with replaced_file(output) as part:
            part.write_text(table, encoding="utf-8", newline="")
        self.stdout.write(f"Wrote {len(rows)} touches to {output}.")


def _check_output(output: Path) -> None:
    if output.is_dir() or not output.parent.is_dir():
        raise CommandError(
            f"{output} is not a file in an existing folder. Create the folder, or name "
            "a file."
        )
