"""`manage.py work_off JOB TOKEN`: do one attempt at a job; the worker calls it."""

import signal
import sys
from types import FrameType

from django.core.management.base import BaseCommand, CommandParser

from labeling.domain.jobs.attempts import attempt_at
from labeling.job_child import die_with_worker
from labeling.jobs import work_off


class Command(BaseCommand):
    help = "Do an attempt at a job in this process. The worker starts it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", type=int)
        parser.add_argument("token", type=int)

    def handle(self, *args: object, job: int, token: int, **options: object) -> None:
        signal.signal(signal.SIGTERM, _leave)
        die_with_worker()
        work_off(attempt_at(job_id=job, token=token))


def _leave(number: int, frame: FrameType | None) -> None:
    """Exit with an exception, so that incomplete files are removed on the way."""
    sys.exit(128 + number)
