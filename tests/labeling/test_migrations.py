"""Migrations that change rows."""

from importlib import import_module

import pytest
from django.apps import apps

from labeling.models import Session
from tests.factories import make_session

pytestmark = pytest.mark.django_db


def test_sessions_of_the_demo_are_marked_as_simulated():
    for name, animal in (("demo", "simulated"), ("real", "AH0407"), ("other", "")):
        session = make_session(name)
        session.animal = animal
        session.save()

    migration = import_module("labeling.migrations.0022_simulated_sessions")
    migration.mark_demo_sessions(apps, None)

    marked = Session.objects.filter(is_simulated=True)
    assert [session.name for session in marked] == ["demo"]
