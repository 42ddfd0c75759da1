"""`manage.py retrain SUBSET...`: train a new model version on labels."""

from typing import Any

from django.core.management.base import CommandParser

from labeling.domain.labels.sources import MAJORITY, ConsensusRule, LabelSource
from labeling.domain.training.choice import (
    N_TRAININGS,
    NEW_DATA_WEIGHT,
    RetrainingChoice,
)
from labeling.domain.training.retraining import (
    RetrainingResult,
    rescore_subsets,
    retrain_subsets,
)
from labeling.domain.versions.catalog import version_numbered
from labeling.management.lab_command import LabCommand, subsets_named
from labeling.pages.versions.recording_kinds import kind_lines
from labeling.pages.versions.report import FIGURES
from labeling.pages.versions.steps import step_lines
from models_ml.touches.evaluation import Metrics


class Command(LabCommand):
    help = "Train a new model version on the labels of subsets."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "subsets", nargs="+", metavar="SUBSET", help="names of subsets"
        )
        parser.add_argument(
            "--parent",
            type=int,
            metavar="NUMBER",
            help="number of the parent version (the latest)",
        )
        parser.add_argument(
            "--source",
            default=str(MAJORITY),
            help=f"label source: {', '.join(ConsensusRule)} or annotator:NAME "
            f"({MAJORITY})",
        )
        parser.add_argument(
            "--weight",
            type=float,
            default=NEW_DATA_WEIGHT,
            help="weight of a labelled frame, relative to a frame of the shipped "
            "training data, 2 to 100 (2)",
        )
        parser.add_argument(
            "--trees-alone",
            action="store_true",
            help="keep the parent's CNN, and train the trees alone",
        )
        parser.add_argument(
            "--cnn-steps",
            type=int,
            help="number of steps of the CNN's training (as many as its kind needs)",
        )
        parser.add_argument(
            "--without-shipped-data",
            action="store_true",
            help="train on the labels only, for data that differ strongly",
        )
        parser.add_argument(
            "--trainings",
            type=int,
            default=N_TRAININGS,
            help=f"number of trainings of the hyperparameter search ({N_TRAININGS})",
        )
        parser.add_argument(
            "--minutes",
            type=float,
            help="start no training after this many minutes (no limit)",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=0,
            help="the same labels and seed give the same model (0)",
        )
        parser.add_argument(
            "--rescore",
            action="store_true",
            help="score the sessions of the subsets, and publish the version there",
        )

    def handle(self, *args: object, **options: Any) -> None:
        choice = _choice(options)
        retrained = retrain_subsets(user=None, choice=choice, progress=self.progress)
        self._print_outcome(retrained)
        if choice.rescore:
            sessions = rescore_subsets(
                version=retrained.version,
                subsets=choice.subsets,
                progress=self.progress,
            )
            names = ", ".join(session.name for session in sessions)
            self.stdout.write(f"Rescored and published on: {names}.")

    def _print_outcome(self, retrained: RetrainingResult) -> None:
        snapshot = retrained.version.snapshot
        if snapshot is not None:
            self.stdout.write(
                f"Created {retrained.version} from {retrained.parent}: "
                f"{snapshot.n_frames:,} labelled frames, {snapshot.n_touches} touches, "
                f"{snapshot.n_trials} trials, labelled by "
                f"{', '.join(snapshot.annotators)}."
            )
        n_left_out = retrained.version.metrics["n_frames_out_of_reach_left_out"]
        if n_left_out:
            self.stdout.write(
                f"{n_left_out:,} labelled frames with the pole out of reach left out."
            )
        for line in step_lines(retrained.version):
            self.stdout.write(line)
        if retrained.before is None or retrained.after is None:
            self.stdout.write(
                "No held-out trial is labelled yet, so nothing can be compared."
            )
            return
        if not retrained.before.n_touches:
            self.stdout.write(
                "The held-out trials have no labelled touch yet, so errors per touch "
                "cannot be measured. Label more clips."
            )
        if _is_worse(retrained.before, retrained.after):
            self.stdout.write(
                "On held-out trials the new version makes more touch-count errors than "
                "its parent. Check it before you use it."
            )
        self.stdout.write(f"{'On held-out trials':<36}{'before':>10}{'after':>10}")
        for name, before, after in _rows(retrained.before, retrained.after):
            self.stdout.write(f"{name:<36}{before:>10}{after:>10}")
        for line in kind_lines(retrained.version):
            self.stdout.write(line)


def _choice(options: dict[str, Any]) -> RetrainingChoice:
    parent = options["parent"]
    return RetrainingChoice(
        subsets=subsets_named(options["subsets"]),
        parent=None if parent is None else version_numbered(parent),
        source=LabelSource.parse(options["source"]),
        weight=options["weight"],
        trains_cnn=not options["trees_alone"],
        cnn_steps=options["cnn_steps"],
        with_shipped_data=not options["without_shipped_data"],
        n_trainings=options["trainings"],
        minutes=options["minutes"],
        seed=options["seed"],
        rescore=options["rescore"],
    )


def _is_worse(before: Metrics, after: Metrics) -> bool:
    old, new = before.touch_count_errors_per_touch, after.touch_count_errors_per_touch
    return old is not None and new is not None and new > old


def _rows(before: Metrics, after: Metrics) -> list[tuple[str, str, str]]:
    """Return title, old and new value of each figure, as in the version's report."""
    old, new = before.as_dict(), after.as_dict()
    return [
        (title, _text(old[name]), _text(new[name])) for name, title in FIGURES.items()
    ]


def _text(value: float | int | None) -> str:
    if value is None:
        return "none"
    return str(value) if isinstance(value, int) else f"{value:.4f}"
