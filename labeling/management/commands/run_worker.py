"""`manage.py run_worker`: deliver queued jobs until told to stop."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from labeling.domain.jobs import fail_interrupted_jobs


class Command(BaseCommand):
    help = "Deliver queued jobs, one at a time, until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only-worker",
            action="store_true",
            help="no other worker uses this database: what still runs was interrupted",
        )

    def handle(self, *args: object, only_worker: bool, **options: object) -> None:
        if only_worker and (interrupted := fail_interrupted_jobs()):
            self.stderr.write(f"{interrupted} jobs were interrupted and have failed.")
        call_command("procrastinate", "worker", queues=["jobs"], concurrency=1)
