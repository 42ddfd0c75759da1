"""Every list page makes as many database queries for three rows as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labeling.domain.accounts.invitations import invite
from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.assignments.returns import return_clip
from labeling.domain.versions.publishing import publish
from labeling.models import Job, User
from tests.factories import (
    NOON,
    label,
    labelled_by_two,
    make_session,
    make_subset,
    make_user,
    make_version,
    score_touches,
)

pytestmark = pytest.mark.django_db


def scored_session(version, name="session", n_trials=1):
    session = make_session(name, n_frames=[200] * n_trials)
    score_touches(session, version, [[(10, 20)]] * n_trials)
    publish(user=User.objects.get(username="dana"), session=session, version=version)
    return session


def labelled_subset(annotator, name, n_clips=1, made_at=NOON):
    """Make a subset in a session of its own, whose first clip is labelled."""
    session = make_session(f"session of {name}", n_frames=[200] * n_clips)
    subset = make_subset(session, name=name)
    assign_subset(user=None, subset=subset, annotators=[annotator])
    assignment = annotator.assignments.filter(clip__subset=subset).first()
    label(assignment, (10, 50, 0), (20, 30, 1), made_at=made_at)
    return subset


def accounts(n, dana):
    for i in range(n):
        labelled_subset(make_user(f"annotator {i}"), f"subset {i}", n_clips=2)
        invite(user=dana, role="viewer", name=f"guest {i}")
    return reverse("account-list")


def account_log(n, dana):
    for i in range(n):
        invite(user=dana, role="viewer", name=f"guest {i}")
    return reverse("account-log")


def clips_of_an_account(n, dana):
    ada = make_user("ada")
    for i in range(n):
        labelled_subset(ada, f"subset {i}", n_clips=2)
    return reverse("account-detail", args=[ada.pk])


def sessions(n, dana):
    for i in range(n):
        scored_session(make_version(number=i + 1), f"session {i}")
    return reverse("session-list")


def trials_of_a_session(n, dana):
    session = scored_session(make_version(), n_trials=n)
    make_subset(session)
    return reverse("session-detail", args=[session.pk])


def versions_of_a_session(n, dana):
    session = scored_session(make_version())
    for i in range(n):
        version = make_version(number=i + 2)
        score_touches(session, version, [[(10, 20)]])
        publish(user=make_user(f"admin {i}", "admin"), session=session, version=version)
    return reverse("session-detail", args=[session.pk])


def differences_in_a_session(n, dana):
    session = scored_session(make_version(), n_trials=n)
    score_touches(session, make_version(number=2), [[(12, 20)]] * n)
    return reverse("session-changes", args=[session.pk, 1, 2])


def versions(n, dana):
    first = make_version()
    for i in range(n):
        scored_session(make_version(number=i + 2, parent=first), f"session {i}")
    return reverse("version-list")


def sessions_of_a_version(n, dana):
    version = make_version()
    for i in range(n):
        scored_session(version, f"session {i}")
    return reverse("version-detail", args=[version.pk])


def subsets(n, dana):
    for i in range(n):
        labelled_subset(make_user(f"annotator {i}"), f"subset {i}")
    return reverse("subset-list")


def clips_of_a_subset(n, dana):
    subset = labelled_subset(make_user("ada"), "subset", n_clips=n)
    return reverse("subset-detail", args=[subset.pk])


def annotators_of_a_subset(n, dana):
    subset = labelled_subset(make_user("ada"), "subset")
    for i in range(n):
        other = make_user(f"annotator {i}")
        assign_subset(user=None, subset=subset, annotators=[other])
        return_clip(assignment=assignments_for(other).get(), note="blurred")
    return reverse("subset-detail", args=[subset.pk])


def own_clips_of_a_subset(n, dana):
    subset = labelled_subset(dana, "subset", n_clips=n)
    return reverse("subset-detail", args=[subset.pk])


def jobs(n, dana):
    for i in range(n):
        requested_by = make_user(f"admin {i}", "admin")
        Job.objects.create(kind="score", title=f"Job {i}", requested_by=requested_by)
    return reverse("job-list")


def operations(n, dana):
    for i in range(n):
        labelled_subset(make_user(f"annotator {i}"), f"subset {i}")
    return reverse("operation-list")


def weeks(n, dana):
    for i in range(n):
        made_at = NOON + timedelta(weeks=i)
        labelled_subset(make_user(f"annotator {i}"), f"subset {i}", made_at=made_at)
    return reverse("week-list")


def queues(n, dana):
    for i in range(n):
        subset = labelled_subset(dana, f"subset {i}", n_clips=2)
        unfinished = assignments_for(dana).filter(clip__subset=subset).last()
        return_clip(assignment=unfinished, note="blurred")
    return reverse("home")


def touches_of_a_comparison(n, dana):
    subset = labelled_by_two(make_subset(make_session(n_frames=[200] * n)))
    ada, ben = (User.objects.get(username=name).pk for name in ("ada", "ben"))
    page = reverse("subset-comparison-touches", args=[subset.pk])
    return f"{page}?contrast=a{ada}-a{ben}&of=deduct"


def disagreements_of_a_subset(n, dana):
    subset = labelled_by_two(make_subset(make_session(n_frames=[200] * n)))
    return reverse("subset-adjudication", args=[subset.pk])


# Queries of a page, those of the login among them.
COUNTS = {
    accounts: 5,
    account_log: 4,
    clips_of_an_account: 7,
    sessions: 3,
    trials_of_a_session: 10,
    versions_of_a_session: 10,
    differences_in_a_session: 10,
    versions: 4,
    sessions_of_a_version: 8,
    subsets: 5,
    clips_of_a_subset: 14,
    annotators_of_a_subset: 15,
    own_clips_of_a_subset: 16,
    jobs: 3,
    operations: 11,
    weeks: 12,
    queues: 5,
    touches_of_a_comparison: 9,
    disagreements_of_a_subset: 10,
}


@pytest.mark.parametrize("n_rows", [1, 3])
@pytest.mark.parametrize("page", COUNTS, ids=lambda page: page.__name__)
def test_a_page_makes_as_many_queries_for_three_rows_as_for_one(client, page, n_rows):
    dana = make_user("dana", "admin")
    client.force_login(dana)
    url = page(n_rows, dana)
    # The first visit records that the user is active, and computes comparisons.
    client.get(url.partition("touches/")[0], follow=True)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)

    assert response.status_code == 200
    assert len(queries) == COUNTS[page], [each["sql"][:90] for each in queries]
