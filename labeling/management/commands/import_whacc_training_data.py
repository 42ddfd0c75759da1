"""`manage.py import_whacc_training_data FOLDER`: the training data of WhACC."""

from pathlib import Path

from django.core.management.base import CommandParser

from labeling.domain.training.old_data import import_whacc_training_data
from labeling.management.lab_command import LabCommand


class Command(LabCommand):
    help = (
        "Store the training data of WhACC's classifier (tvt_x.pkl, tvt_y.pkl, "
        "tvt_fn.pkl), which retrains of its versions then use too. Code in the files "
        "is not executed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="folder with the three files")

    def handle(self, *args: object, folder: Path, **options: object) -> None:
        data = import_whacc_training_data(folder)
        self.stdout.write(
            f"Stored {data.n_frames:,} frames in {data.n_runs:,} runs, "
            f"{data.touch_share:.0%} of them touch. Retrains with WhACC's CNN and "
            "features use them too, unless their options exclude them."
        )
