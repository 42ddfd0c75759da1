"""`manage.py work_off JOB`: do one job in this process; the worker calls it."""

from django.core.management.base import BaseCommand, CommandParser

from labeling.jobs import work_off


class Command(BaseCommand):
    help = "Do one job in this process. The worker starts it; people seldom do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", type=int)

    def handle(self, *args: object, job: int, **options: object) -> None:
        work_off(job)
