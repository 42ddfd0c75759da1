"""The facts that a comparison depends on, cheap to gather.

A page compares them at each visit with those of the stored result, to see whether that
is current. PostgreSQL hashes its own rows. No session file is opened: a file that
changed has another size or other times.
"""

from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from labeling.domain.agreement.scope import Scope
from labeling.domain.recordings.session_files import file_mark
from labeling.models import Session, Settlement


def facts_of(scope: Scope) -> list[Any]:
    """Return facts that change when a label of the scope or its frames in range do."""
    trials = scope.trials
    assigned = ("pk", "annotator__username", "revision", "saw_others_at")
    by_hand = trials.exclude(excluded_because="", pole_up=None)
    return [
        _digest(scope.clips.values_list("pk", "trial", "start", "stop")),
        _digest(scope.assignments.values_list(*assigned)),
        _digest(by_hand.values_list("pk", "excluded_because", "pole_up", "pole_down")),
        _session_facts(scope),
    ]


def log_revisions(scope: Scope) -> list[tuple[int, int]]:
    """Return (subset, number of decisions in its log) for subsets with decisions."""
    log = Settlement.objects.filter(subset__in=scope.subsets).order_by("subset")
    return list(log.values_list("subset").annotate(last=Max("revision")))


def _session_facts(scope: Scope) -> list[tuple[int, float, tuple[int, ...]]]:
    """Return frame rates and file marks: a file says when the pole is in range."""
    used = scope.trials.order_by().values("session")
    sessions = Session.objects.filter(pk__in=used).order_by("pk")
    return [(each.pk, each.rate_hz, file_mark(each)) for each in sessions]


def _digest(rows: QuerySet[Any, Any]) -> str:
    """Return a hash over rows, ordered by primary key, without fetching them."""
    sql, params = rows.order_by("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT md5(coalesce(string_agg(facts::text, ';'), ''))
            FROM ({sql}) AS facts""",  # noqa: S608
            params,
        )
        (digest,) = cursor.fetchone()
    return str(digest)
