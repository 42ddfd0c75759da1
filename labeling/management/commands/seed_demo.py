"""`manage.py seed_demo`: fill an empty installation with the demo."""

from django.conf import settings

from labeling.domain.demo import seed_demo
from labeling.management.lab_command import LabCommand


class Command(LabCommand):
    help = "Fill an empty installation with sessions, accounts, subsets and labels."

    def handle(self, *args: object, **options: object) -> None:
        logins = seed_demo(progress=self.progress)
        self.stdout.write(
            f"Created the demo. The passwords of {len(logins)} accounts are in "
            f"{settings.WHACC_DEMO_LOGINS}."
        )
