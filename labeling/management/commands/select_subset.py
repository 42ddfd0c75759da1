"""`manage.py select_subset NAME SESSION...`: choose clips for people to label."""

from django.core.management.base import CommandParser

from labeling.domain.assignments.assigning import Giving, giving_sentence
from labeling.domain.assignments.select_and_assign import choose_and_give
from labeling.domain.recordings.in_range import out_of_range_in_subset
from labeling.errors import LabelingError
from labeling.management.lab_command import LabCommand, sessions_named
from labeling.models import User


class Command(LabCommand):
    help = "Choose the clips of sessions that are most worth labelling."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the subset is to be called")
        parser.add_argument(
            "sessions", nargs="+", metavar="SESSION", help="names of sessions"
        )
        parser.add_argument("--clips", type=int, default=30, help="how many (30)")
        parser.add_argument(
            "--frames", type=int, default=100, help="in each clip (100)"
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
            "--seed", type=int, help="what random clips are drawn with (a new one)"
        )
        parser.add_argument(
            "--annotators", nargs="*", default=[], metavar="USER", help="who labels it"
        )
        parser.add_argument(
            "--each-to",
            type=int,
            metavar="K",
            help="give each clip to so many of them, shared out evenly (to all)",
        )
        parser.add_argument(
            "--gold",
            type=float,
            default=0,
            help="share of settled clips to mix in, unmarked, from 0 to 0.5 (0)",
        )
        parser.add_argument(
            "--again",
            type=float,
            default=0,
            help="share of second passes to mix in, unmarked, from 0 to 0.5 (0)",
        )
        parser.add_argument(
            "--sees-scores", action="store_true", help="annotators see the scores"
        )
        parser.add_argument(
            "--sees-others",
            action="store_true",
            help="annotators see what others say",
        )

    def handle(
        self,
        *args: object,
        name: str,
        sessions: list[str],
        clips: int,
        frames: int,
        whole_trials: bool,
        random: float,
        seed: int | None,
        annotators: list[str],
        each_to: int | None,
        gold: float,
        again: float,
        sees_scores: bool,
        sees_others: bool,
        **options: object,
    ) -> None:
        giving = Giving(
            annotators=_annotators_named(annotators),
            each_to=each_to,
            gold_share=gold,
            again_share=again,
            sees_scores=sees_scores,
            sees_others=sees_others,
        )
        subset, queues = choose_and_give(
            user=None,
            name=name,
            sessions=sessions_named(sessions),
            n_clips=clips,
            clip_frames=None if whole_trials else frames,
            random_share=random,
            giving=giving if annotators else None,
            seed=seed,
        )
        for clip in subset.clips.select_related("trial__session"):
            self.stdout.write(f"{clip}: {clip.reason}")
        left_out = out_of_range_in_subset(subset)
        if left_out.n_frames:
            self.stdout.write(f"{left_out.n_frames:,} frames out of reach left out.")
        for sentence in left_out.unread:
            self.stderr.write(sentence)
        self.stdout.write(f"Made subset {subset}: {subset.clips.count()} clips.")
        if annotators:
            self.stdout.write(f"{giving_sentence(queues)} It is frozen.")
        else:
            self.stdout.write(
                "It is a draft: on its page its clips can still be changed, frozen, "
                "and given out."
            )


def _annotators_named(names: list[str]) -> list[User]:
    people = {user.username: user for user in User.objects.filter(is_active=True)}
    unknown = [name for name in names if name not in people]
    if unknown:
        raise LabelingError(
            f"Expected annotators of {sorted(people)}, found {unknown}: check the "
            "names."
        )
    return [people[name] for name in names]
