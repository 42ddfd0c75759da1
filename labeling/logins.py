"""Who is signed in: each request asks, so both rows are read in plain statements.

Django's own would spend more time on putting together the two queries, which are always
the same, than a label needs for all the rest.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from labeling.models import User

LOGIN = """SELECT session_data FROM django_session
WHERE session_key = %s AND expire_date > %s"""
COLUMNS = [str(each.column) for each in User._meta.concrete_fields]
NAMES = [each.attname for each in User._meta.concrete_fields]
ACCOUNT = f"SELECT {', '.join(COLUMNS)} FROM {User._meta.db_table} WHERE id = %s"  # noqa: S608


class SessionStore(db.SessionStore):
    """Django's login sessions, as they lie in the database."""

    def load(self) -> dict[str, Any]:
        """Return what a login session holds; nothing when there is none, or no more."""
        with connection.cursor() as cursor:
            cursor.execute(LOGIN, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class AccountBackend(ModelBackend):
    """Accounts by their passwords; a deactivated one is nobody's."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account that a browser is signed in with."""
        with connection.cursor() as cursor:
            cursor.execute(ACCOUNT, [user_id])
            row = cursor.fetchone()
        user = row and User.from_db("default", NAMES, row)
        return user if user and self.user_can_authenticate(user) else None
