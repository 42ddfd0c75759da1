"""`manage.py run_worker`: deliver queued jobs until told to stop."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from labeling.domain.jobs.queue import recover_lost_jobs

STOP_SECONDS_MAX = 1


class Command(BaseCommand):
    help = (
        "Deliver queued jobs, one at a time, until Ctrl-C or SIGTERM. Run as many as "
        "wished, on machines that share the database and the folders; one of them "
        "with --recovery."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--recovery",
            action="store_true",
            help="run no jobs: queue again those of lost workers, and tell of ends",
        )
        parser.add_argument(
            "--only-worker",
            action="store_true",
            help="no other worker uses this database: what still runs was interrupted",
        )

    def handle(
        self, *args: object, recovery: bool, only_worker: bool, **options: object
    ) -> None:
        if only_worker:
            for job in recover_lost_jobs(silent_seconds=0):
                self.stderr.write(f"{job} was interrupted, and is {job.state}.")
        call_command(
            "procrastinate",
            "worker",
            queues=["recovery" if recovery else "jobs"],
            concurrency=1,
            # A running job notices within seconds, and is queued again.
            shutdown_graceful_timeout=STOP_SECONDS_MAX,
        )
