"""The commands and pages that the lab of the old installation used."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

ROOT = Path(__file__).resolve().parents[3]
# Pages that are sent without fields.
BUTTONS = ("/deactivate/", "/scoring/", "/cancel/", "/job/")


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def work_off() -> None:
    from labeling.models import Job

    manage("procrastinate", "worker", "--queues", "jobs", "--one-shot")
    unfinished = Job.objects.exclude(state="done")
    assert not unfinished.exists(), [(job.title, job.error) for job in unfinished]


def page(username: str | None, path: str, body: str | None = None, /, **fields):
    """Open a page, or send a form or JSON to it, as this user."""
    from django.test import Client

    from labeling.models import User

    client = Client()
    if username:
        client.force_login(User.objects.get(username=username))
    if body:
        answer = client.post(path, body, content_type="application/json")
    elif fields or path.endswith(BUTTONS):
        answer = client.post(path, fields)
    else:
        answer = client.get(path)
    assert answer.status_code in (200, 302), (path, answer.status_code, answer.content)
    return answer


def pk_of(model, **fields) -> int:
    return model.objects.get(**fields).pk


def version_pk(number: int) -> int:
    from labeling.models import ModelVersion

    return pk_of(ModelVersion, number=number)


def session_page(name: str) -> str:
    from labeling.models import Session

    return f"/sessions/{pk_of(Session, name=name)}/"


def assignments(subset: str, *usernames: str) -> list:
    from labeling.models import Assignment, Subset

    queued = Assignment.objects.queued_in(Subset.objects.get(name=subset))
    own = queued.filter(annotator__username__in=usernames)
    return list(own.select_related("annotator", "clip__trial__session"))


def operation(assignment, at: datetime, *, runs, ahead=0, shown=False, **fields):
    sequence = assignment.revision + 1 + ahead
    return {
        "id": str(uuid(f"operation {assignment.pk} {sequence}")),
        "sequence": sequence,
        "revision": assignment.revision + ahead,
        "runs": runs,
        "suggestion_shown": shown,
        "made_at": at.isoformat(),
        **fields,
    }


def send(assignment, *operations) -> None:
    sent = {
        "client": str(uuid(f"client {assignment.pk}")),
        "operations": operations,
    }
    path = f"/assignments/{assignment.pk}/operations/"
    answer = page(assignment.annotator.username, path, json.dumps(sent)).json()
    assert not answer["refused"], answer
    assignment.refresh_from_db()


def adjudication_state() -> dict:
    from labeling.models import Subset

    path = f"/subsets/{pk_of(Subset, name='first look')}/adjudication/"
    return page("judy", path).context["state"]


def adjudicate_stretch(
    client: UUID, revision: int, stretch: dict, values, reasons, at: datetime
) -> None:
    state = adjudication_state()
    made = {
        "id": str(uuid(f"settlement {revision}")),
        "revision": revision,
        **{key: stretch[key] for key in ("trial", "start", "stop")},
        "values": values,
        "reasons": reasons,
        "made_at": at.isoformat(),
    }
    sent = {"client": str(client), "operations": [made]}
    answer = page("judy", state["settlements_url"], json.dumps(sent)).json()
    assert answer["acknowledged"] and not answer["refused"], answer  # noqa: PT018


def uuid(name: str) -> UUID:
    return uuid5(UUID(int=0), name)
