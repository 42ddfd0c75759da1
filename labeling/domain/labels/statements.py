"""Several SQL statements in one message to the database, which saves round trips."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

Statement = tuple[str, Sequence[Any]]
Rows = list[tuple[Any, ...]]


def at_once(statements: Sequence[Statement]) -> list[tuple[Rows, int]]:
    """Return the rows of each statement, and how many rows it found or changed.

    The statements run in order. Each one sees the effects of the earlier ones and, at
    Postgres' default isolation level, everything that was committed before it began,
    also after a `FOR UPDATE` that had to wait.
    """
    query = ";\n".join(sql for sql, _ in statements)
    found = []
    with connection.cursor() as cursor:
        cursor.execute(query, [value for _, values in statements for value in values])
        for _ in statements:
            found.append(
                (cursor.fetchall() if cursor.description else [], cursor.rowcount)
            )
            cursor.nextset()
    return found


def array(values: Sequence[object]) -> str:
    """Return numbers, bools or UUIDs as the text of a Postgres array."""
    # psycopg inspects each element for its type, which took most of a query's time.
    return "{" + ",".join(map(str, values)) + "}"
