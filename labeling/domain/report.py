"""How long work says where it stands, to whoever asked for it."""

from typing import Protocol


class Report(Protocol):
    """Takes the stage that runs, and how much of it is done of how much."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show or store it."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
