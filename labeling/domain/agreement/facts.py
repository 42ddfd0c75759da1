"""What a comparison depends on, as facts that are cheap to gather.

A page asks for them each time it is opened, to tell whether what is kept still holds.
The database hashes its own rows, and no session file is opened: one that changed
has another size or other times.
"""

from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from labeling.domain.agreement.scope import Scope
from labeling.domain.recordings.session_files import file_mark
from labeling.models import Session, Settlement


def facts_of(scope: Scope) -> list[Any]:
    """Return all of a scope that changes when a label or a frame that counts does."""
    trials = scope.trials
    assigned = ("pk", "annotator__username", "revision", "saw_others_at")
    by_hand = trials.exclude(excluded_because="", pole_up=None)
    return [
        _digest(scope.clips.values_list("pk", "trial", "start", "stop")),
        _digest(scope.assignments.values_list(*assigned)),
        _digest(by_hand.values_list("pk", "excluded_because", "pole_up", "pole_down")),
        _sessions(scope),
    ]


def log_revisions(scope: Scope) -> list[tuple[int, int]]:
    """Return how many answers the log of each subset holds, where there are any."""
    log = Settlement.objects.filter(subset__in=scope.subsets).order_by("subset")
    return list(log.values_list("subset").annotate(last=Max("revision")))


def _sessions(scope: Scope) -> list[tuple[int, float, tuple[int, ...]]]:
    """Return what may change of sessions; files tell when the pole is in reach."""
    there = scope.trials.order_by().values("session")
    sessions = Session.objects.filter(pk__in=there).order_by("pk")
    return [(each.pk, each.rate_hz, file_mark(each)) for each in sessions]


def _digest(rows: QuerySet[Any, Any]) -> str:
    """Return a hash over rows, the primary key first, without fetching them."""
    sql, params = rows.order_by("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT md5(coalesce(string_agg(said::text, ';'), ''))
            FROM ({sql}) AS said""",  # noqa: S608
            params,
        )
        (digest,) = cursor.fetchone()
    return str(digest)
