"""Fixtures of the tests of views."""

import pytest


@pytest.fixture
def assignment(real_file, client):
    """Alice's clip [10, 30) of a real session; alice is logged in."""
    # pytest loads this file before Django is set up.
    from labeling.domain.assignments.labelling import assign_subset, assignments_for
    from labeling.domain.recordings.sessions import import_session
    from tests.factories import make_subset, make_user

    alice = make_user()
    subset = make_subset(import_session(user=None, file=real_file), start=10, stop=30)
    assign_subset(user=None, subset=subset, annotators=[alice])
    client.force_login(alice)
    return assignments_for(alice).first()
