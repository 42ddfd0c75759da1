"""`manage.py seed_demo`: fill an empty installation with the demo."""

from labeling.domain.demo import logins_table, seed_demo
from labeling.management.lab_command import LabCommand


class Command(LabCommand):
    help = "Fill an empty installation with simulated sessions, accounts and a subset."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(logins_table(seed_demo(report=self.report)))
