"""`manage.py import_labels SESSION ANNOTATOR`: take the labels that a file holds."""

from typing import Any

from django.core.management.base import CommandParser

from labeling.domain.assignments.assigning import labelling_accounts
from labeling.domain.assignments.file_labels import (
    FileLabels,
    file_labels,
    take_file_labels,
)
from labeling.errors import LabelingError
from labeling.management.lab_command import (
    LabCommand,
    file_below_data_root,
    session_named,
)
from labeling.models import User


class Command(LabCommand):
    help = "Take the labels that a file holds as the labels of an annotator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("session", help="name of the session")
        parser.add_argument("annotator", help="user name of the annotator")
        parser.add_argument(
            "--file",
            default="",
            help="a curation subset (TL_DATA) of the session (its own file)",
        )
        parser.add_argument(
            "--trials",
            nargs="+",
            type=int,
            default=[],
            metavar="NUMBER",
            help="numbers of the trials to take (all)",
        )
        parser.add_argument("--name", default="", help="name of the new subset")
        parser.add_argument(
            "--dry-run", action="store_true", help="print the preview, write nothing"
        )

    def handle(self, *args: object, **options: Any) -> None:
        file = options["file"] and file_below_data_root(options["file"])
        found = file_labels(
            user=None,
            session=session_named(options["session"]),
            annotator=_annotator(options["annotator"]),
            file=file,
            trials=options["trials"],
        )
        self._print(found)
        if options["dry_run"]:
            return
        subset = take_file_labels(user=None, found=found, name=options["name"])
        self.stdout.write(
            f"{found.n_labelled:,} labels of {found.annotator} are in subset "
            f"{subset.name}."
        )

    def _print(self, found: FileLabels) -> None:
        self.stdout.write(f"{'trial':>8}{'frames':>9}{'labelled':>10}{'touches':>9}")
        for each in found.trials:
            self.stdout.write(
                f"{each.trial.number:>8}{each.trial.n_frames:>9}"
                f"{each.n_labelled:>10}{each.n_touches:>9}"
            )
        if found.n_windows:
            self.stdout.write(
                "WhACC fills the labels of a curation subset with the decisions of its "
                "model. Take them only if a person has curated them."
            )
        if found.n_windows_missing:
            self.stdout.write(
                f"{found.n_windows_missing} of {found.n_windows} windows are not in "
                "the chosen trials: their pixels differ. Their labels are left out."
            )
        if found.n_labelled_before:
            self.stdout.write(
                f"{found.annotator} has labelled {found.n_labelled_before:,} frames of "
                "these trials already."
            )


def _annotator(name: str) -> User:
    annotator = labelling_accounts().filter(username=name).first()
    if annotator is None:
        raise LabelingError(
            f"There is no annotator {name!r}. Create the account first, or choose one "
            "of those on the accounts page."
        )
    return annotator
