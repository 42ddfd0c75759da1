"""How long work says where it stands, and writes what nobody has overtaken."""

from contextlib import AbstractContextManager

from django.db import transaction


class Report:
    """Takes the stage that runs, and how much of it is done of how much.

    This one tells nobody; screens and jobs have their own.
    """

    # The job that reports here, if it is one.
    job_id: int | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show or store where the work stands."""

    def line(self, text: str) -> None:
        """Show or store a line for whoever watches."""

    def fenced(self) -> AbstractContextManager[None]:
        """Open the transaction in which a result is written.

        In a job it is refused when a later attempt at the same job has taken over.
        """
        return transaction.atomic()


silent = Report()
