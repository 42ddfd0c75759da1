"""`manage.py select_subset NAME SESSION...`: choose clips for people to label."""

from django.core.management.base import CommandParser

from labeling.domain.in_reach import left_out_of_subset
from labeling.domain.selection import choose_and_assign
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
            "--sees-scores", action="store_true", help="annotators see the scores"
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
        sees_scores: bool,
        **options: object,
    ) -> None:
        people = _annotators_named(annotators)
        subset = choose_and_assign(
            user=None,
            name=name,
            sessions=sessions_named(sessions),
            n_clips=clips,
            clip_frames=None if whole_trials else frames,
            random_share=random,
            annotators=people,
            sees_scores=sees_scores,
            seed=seed,
        )
        for clip in subset.clips.select_related("trial__session"):
            self.stdout.write(f"{clip}: {clip.reason}")
        left_out = left_out_of_subset(subset)
        if left_out.n_frames:
            self.stdout.write(f"{left_out.n_frames:,} frames out of reach left out.")
        for sentence in left_out.unread:
            self.stderr.write(sentence)
        self.stdout.write(
            f"Made subset {subset}: {subset.clips.count()} clips, labelled by "
            f"{', '.join(annotators) or 'nobody yet'}."
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
