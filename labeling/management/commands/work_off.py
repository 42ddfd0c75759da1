"""`manage.py work_off JOB TOKEN`: do one attempt at a job; the worker calls it."""

from django.core.management.base import BaseCommand, CommandParser

from labeling.domain.jobs import attempt_at
from labeling.jobs import work_off


class Command(BaseCommand):
    help = "Do an attempt at a job in this process. The worker starts it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", type=int)
        parser.add_argument("token", type=int)

    def handle(self, *args: object, job: int, token: int, **options: object) -> None:
        work_off(attempt_at(job_id=job, token=token))
