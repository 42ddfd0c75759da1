"""Permissions: who may do what only some roles may."""

import pytest

from labeling.domain.permissions import require_adjudicator, require_admin
from labeling.errors import NotAllowedError
from labeling.models import User

ROLES = User.Role.values


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_only_an_admin_passes_and_the_message_names_the_action(role):
    require_admin(User(role="admin"), "import sessions")

    with pytest.raises(NotAllowedError) as refused:
        require_admin(User(role=role), "import sessions")

    assert str(refused.value) == "Only an admin can import sessions."


def test_the_command_line_may_do_what_an_admin_may():
    require_admin(None, "import sessions")


@pytest.mark.parametrize("role", ["annotator", "viewer"])
def test_adjudicators_and_admins_adjudicate(role):
    for able in ("adjudicator", "admin"):
        require_adjudicator(User(role=able), "adjudicate labels")

    with pytest.raises(NotAllowedError, match="an adjudicator or an admin can adjud"):
        require_adjudicator(User(role=role), "adjudicate labels")
