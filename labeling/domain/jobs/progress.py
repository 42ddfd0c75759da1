"""Progress of long-running work; only the latest attempt may write its result."""

from contextlib import AbstractContextManager

from django.db import transaction


class JobProgress:
    """Receives the progress of long-running work: its stage, and how much is done.

    This base class shows nothing. Commands and jobs have subclasses that show or store
    the progress.
    """

    # The id of the job whose progress this is; None outside jobs.
    job_id: int | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show or store that `done` of the `total` steps of a stage are done."""

    def line(self, text: str) -> None:
        """Show or store a line of text about the work."""

    def fenced(self) -> AbstractContextManager[None]:
        """Open the transaction in which a result is written.

        In a job, the transaction is refused after a later attempt at the job started.
        """
        return transaction.atomic()


silent_progress = JobProgress()
