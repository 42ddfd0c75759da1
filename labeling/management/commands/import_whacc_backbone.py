"""`manage.py import_whacc_backbone FOLDER`: WhACC's CNN as a backbone."""

from pathlib import Path

from django.core.management.base import CommandParser

from labeling.domain.versions.whacc_models import import_whacc_backbone
from labeling.management.lab_command import LabCommand


class Command(LabCommand):
    help = (
        "Import WhACC's ResNet50V2 from its TensorFlow SavedModel "
        "(final_resnet50V2_full_model) or Keras weights. Code in it is not executed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", type=Path, help="a SavedModel's folder, a .h5 or a .weights.h5"
        )

    def handle(self, *args: object, path: Path, **options: object) -> None:
        imported = import_whacc_backbone(path)
        done = "Imported" if imported.is_new else "Already imported:"
        head = "with" if imported.backbone.head else "without"
        self.stdout.write(
            f"{done} {imported.backbone}, {imported.backbone.n_units:,} units, {head} "
            "the CNN's own head."
        )
        for version in imported.versions:
            self.stdout.write(f"Created {version}: {version.parent} with this CNN.")
