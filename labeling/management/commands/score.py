"""`manage.py score SESSION...`: score sessions and publish the scores."""

from django.core.management.base import CommandParser

from labeling.domain.versions.catalog import version_numbered
from labeling.domain.versions.scoring import score_session
from labeling.management.lab_command import LabCommand, sessions_named


class Command(LabCommand):
    help = "Score sessions with a model version, and publish that version there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "sessions", nargs="+", metavar="SESSION", help="names of sessions"
        )
        parser.add_argument(
            "--model-version",
            type=int,
            metavar="NUMBER",
            help="default: the version published on the session, else the latest",
        )

    def handle(
        self,
        *args: object,
        sessions: list[str],
        model_version: int | None,
        **options: object,
    ) -> None:
        version = None if model_version is None else version_numbered(model_version)
        for session in sessions_named(sessions):
            scored = score_session(
                session=session, version=version, progress=self.progress
            )
            self.stdout.write(
                f"Scored {session.name} with {scored.version}: {scored.n_trials} "
                f"trials, {scored.n_frames:,} frames."
            )
