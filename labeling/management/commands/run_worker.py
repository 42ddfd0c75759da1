"""`manage.py run_worker`: run queued jobs until it is stopped."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from labeling.domain.jobs.queue import recover_lost_jobs

STOP_SECONDS_MAX = 1


class Command(BaseCommand):
    help = (
        "Run queued jobs, one at a time, until Ctrl-C or SIGTERM. Any number of "
        "workers can run on machines that share the database and the folders; run one "
        "of them with --recovery."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--recovery",
            action="store_true",
            help="run no jobs; queue jobs of lost workers again, send notifications",
        )
        parser.add_argument(
            "--only-worker",
            action="store_true",
            help="no other worker uses this database: queue running jobs again first",
        )

    def handle(
        self, *args: object, recovery: bool, only_worker: bool, **options: object
    ) -> None:
        if only_worker:
            for job in recover_lost_jobs(silent_seconds=0):
                self.stderr.write(f"{job} was interrupted. It is {job.state} now.")
        call_command(
            "procrastinate",
            "worker",
            queues=["recovery" if recovery else "jobs"],
            concurrency=1,
            # A running job is stopped within seconds, and queued again.
            shutdown_graceful_timeout=STOP_SECONDS_MAX,
        )
