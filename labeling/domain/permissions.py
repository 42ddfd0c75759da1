"""Permissions: refuse what a user's role does not allow."""

from labeling.errors import NotAllowedError
from labeling.models import User


def require_admin(user: User | None, action: str) -> None:
    """Refuse a user who is not an admin; `action` completes the sentence.

    None stands for the command line, which may do everything.
    """
    if user is not None and not user.is_admin:
        raise admin_only(action)


def require_adjudicator(user: User, action: str) -> None:
    """Refuse a user who is neither an adjudicator nor an admin."""
    if not user.adjudicates:
        raise NotAllowedError(f"Only an adjudicator or an admin can {action}.")


def admin_only(action: str) -> NotAllowedError:
    """Return the error for a user who is not an admin."""
    return NotAllowedError(f"Only an admin can {action}.")
