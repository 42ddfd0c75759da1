"""`manage.py import_whacc_training_data FOLDER`: what WhACC's trees learned from."""

from pathlib import Path

from django.core.management.base import CommandParser

from labeling.domain.training.old_data import import_whacc_training_data
from labeling.management.lab_command import LabCommand


class Command(LabCommand):
    help = (
        "Keep what WhACC's classifier was trained on (tvt_x.pkl, tvt_y.pkl, "
        "tvt_fn.pkl), so that retrains of its versions learn from it too. Nothing in "
        "the files is run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="with the three files")

    def handle(self, *args: object, folder: Path, **options: object) -> None:
        data = import_whacc_training_data(folder)
        self.stdout.write(
            f"Kept {data.n_frames:,} frames in {data.n_runs:,} runs, "
            f"{data.touch_share:.0%} of them touch: a retrain that is based on WhACC's "
            "CNN and features learns from them too, unless told otherwise."
        )
