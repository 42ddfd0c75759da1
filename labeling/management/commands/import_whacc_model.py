"""`manage.py import_whacc_model FILE`: a classifier of WhACC as a model version."""

from pathlib import Path

from django.core.management.base import CommandParser

from labeling.domain.versions.whacc_models import import_whacc_model
from labeling.management.lab_command import LabCommand


class Command(LabCommand):
    help = (
        "Import a classifier of WhACC as a model version, from WhACC's wheel or a "
        "NNN_model.pkl of its retraining. Code in the file is not executed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a .whl or a .pkl")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        imported = import_whacc_model(file)
        version = imported.version
        done = "Imported" if imported.is_new else "Already imported:"
        self.stdout.write(
            f"{done} {version} on {version.backbone}, threshold {version.threshold}. "
            f"Origin: {version.origin}."
        )
        if not imported.can_score:
            self.stdout.write(
                "It cannot score yet. Import the weights of WhACC's CNN with "
                "manage.py import_whacc_backbone FOLDER."
            )
