"""`manage.py select_subset NAME SESSION...`: select clips that are useful to label."""

from typing import Any

from django.core.management.base import CommandParser

from labeling.domain.assignments.assigning import (
    AssignmentRequest,
    PlannedQueue,
    assignment_sentence,
)
from labeling.domain.assignments.select_and_assign import select_and_assign
from labeling.domain.recordings.in_range import out_of_range_in_subset
from labeling.domain.subsets.by_model import ModelSelection
from labeling.errors import LabelingError
from labeling.management.lab_command import LabCommand, sessions_named
from labeling.models import Subset, User


class Command(LabCommand):
    help = "Select the clips of sessions that are most useful to label."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="name of the new subset")
        parser.add_argument(
            "sessions", nargs="+", metavar="SESSION", help="names of sessions"
        )
        parser.add_argument(
            "--clips", type=int, default=30, help="number of clips (30)"
        )
        parser.add_argument(
            "--frames", type=int, default=100, help="frames in each clip (100)"
        )
        parser.add_argument(
            "--whole-trials", action="store_true", help="instead of clips of --frames"
        )
        parser.add_argument(
            "--random",
            type=float,
            default=0.2,
            help="share of random clips, from 0 to 1 (0.2)",
        )
        parser.add_argument(
            "--seed", type=int, help="seed of the random clips (a new one is drawn)"
        )
        parser.add_argument(
            "--annotators",
            nargs="*",
            default=[],
            metavar="USER",
            help="user names of the annotators to assign the clips to",
        )
        parser.add_argument(
            "--each-to",
            type=int,
            metavar="K",
            help="assign each clip to K of them, shared out evenly (to all)",
        )
        parser.add_argument(
            "--gold",
            type=float,
            default=0,
            help="share of unmarked quality-check clips to add, from 0 to 0.5 (0)",
        )
        parser.add_argument(
            "--again",
            type=float,
            default=0,
            help="share of unmarked repeat clips to add, from 0 to 0.5 (0)",
        )
        parser.add_argument(
            "--sees-scores",
            action="store_true",
            help="show the model's scores to the annotators",
        )
        parser.add_argument(
            "--sees-others",
            action="store_true",
            help="show other annotators' labels to the annotators",
        )

    def handle(self, *args: object, **options: Any) -> None:
        subset, queues = select_and_assign(
            user=None,
            name=options["name"],
            selection=_selection(options),
            request=_request(options) if options["annotators"] else None,
        )
        self._print_clips(subset)
        self._print_outcome(subset, queues)

    def _print_clips(self, subset: Subset) -> None:
        for clip in subset.clips.select_related("trial__session"):
            self.stdout.write(f"{clip}: {clip.reason}")
        out_of_range = out_of_range_in_subset(subset)
        if out_of_range.n_frames:
            self.stdout.write(
                f"{out_of_range.n_frames:,} frames with the pole out of reach were not "
                "eligible."
            )
        for sentence in out_of_range.unread:
            self.stderr.write(sentence)

    def _print_outcome(self, subset: Subset, queues: list[PlannedQueue]) -> None:
        self.stdout.write(f"Created subset {subset}: {subset.clips.count()} clips.")
        if queues:
            self.stdout.write(f"{assignment_sentence(queues)} The subset is frozen.")
        else:
            self.stdout.write(
                "The subset is a draft. Change, freeze or assign its clips on its page."
            )


def _selection(options: dict[str, Any]) -> ModelSelection:
    seed = {} if options["seed"] is None else {"seed": options["seed"]}
    return ModelSelection(
        sessions=sessions_named(options["sessions"]),
        n_clips=options["clips"],
        clip_frames=None if options["whole_trials"] else options["frames"],
        random_share=options["random"],
        **seed,
    )


def _request(options: dict[str, Any]) -> AssignmentRequest:
    return AssignmentRequest(
        annotators=_annotators_named(options["annotators"]),
        each_to=options["each_to"],
        gold_share=options["gold"],
        again_share=options["again"],
        sees_scores=options["sees_scores"],
        sees_others=options["sees_others"],
    )


def _annotators_named(names: list[str]) -> list[User]:
    accounts = {user.username: user for user in User.objects.filter(is_active=True)}
    unknown = [name for name in names if name not in accounts]
    if unknown:
        raise LabelingError(
            f"There are no active accounts {unknown}. Choose from {sorted(accounts)}."
        )
    return [accounts[name] for name in names]
