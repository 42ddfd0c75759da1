"""`manage.py run_worker`: deliver queued jobs until told to stop."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Deliver queued jobs, one at a time, until Ctrl-C or SIGTERM."

    def handle(self, *args: object, **options: object) -> None:
        call_command("procrastinate", "worker", queues=["jobs"], concurrency=1)
