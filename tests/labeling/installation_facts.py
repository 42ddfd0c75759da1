"""Print the facts of an installation as JSON: its database, scores and pages.

A script, because an old installation has a database of its own:
`tests/data/old_installation/make.py` runs it with the version that it freezes, and
`test_old_installation.py` with the version under test.
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import django

ADMIN, ADJUDICATOR, ANNOTATOR = "dana", "judy", "ada"
PASSWORD = "a whisker touches a pole"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DECIMAL = re.compile(r"-?\d+\.\d+")
MARKS = ".01?"
COMPARISON_FILES = (
    *("agreement", "pairs", "frames", "ceiling", "rates", "medians"),
    *("errors", "shifts", "f1"),
)


def main() -> None:
    django.setup()
    # Pages come first: they show stored comparisons until one is computed again.
    facts = {"pages": figures_by_page(), "database": tables(), "scores": scores()}
    json.dump(facts, sys.stdout, sort_keys=True)


def figures_by_page() -> dict[str, str]:
    """Open every page, and return its figures by user and path."""
    from django.test import Client

    from labeling.models import User

    client = Client()
    assert client.login(username=ANNOTATOR, password=PASSWORD)
    found = {}
    for username, path in pages():
        client.force_login(User.objects.get(username=username))
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.content)
        found[f"{username} {path}"] = figures_of(answer)
    return found


def pages() -> Iterator[tuple[str, str]]:
    """Yield user and path; stored comparisons before pages that may compute them."""
    for path in (*comparison_paths(), *version_paths(), *admin_paths()):
        yield ADMIN, path
    adjudication = f"/subsets/{pk_of('Subset', name='first look')}/adjudication/"
    yield from ((ADJUDICATOR, adjudication), (ADJUDICATOR, f"{adjudication}log.csv"))
    first, short = (
        min(
            pks_of("Assignment", annotator__username=ANNOTATOR, clip__subset__name=name)
        )
        for name in ("first look", "short clips")
    )
    for end in ("", "labels/", "scores/", "history/", "state/"):
        yield ANNOTATOR, f"/assignments/{first}/{end}"
    # Read from the video that the session was tracked from.
    yield ANNOTATOR, f"/assignments/{short}/full-frame/5.png"
    yield ANNOTATOR, "/"


def comparison_paths() -> Iterator[str]:
    subset = f"/subsets/{pk_of('Subset', name='first look')}/comparison/"
    session = f"/sessions/{pk_of('Session', name='whiskers')}/comparison/"
    ada, ben = (pk_of("User", username=name) for name in ("ada", "ben"))
    cells = (f"o{ben}-a{ben}&of=deduct", f"a{ada}-a{ben}&of=onset:2", "all-m&of=f1:1")
    unanimity = f"{subset}?consensus=unanimity&version=2"
    for comparison in (
        f"{subset}?version=2",
        unanimity,
        f"{subset}?consensus=settled&version=3",
        f"{session}?version=2",
    ):
        path, query = comparison.split("?")
        for name in COMPARISON_FILES:
            yield f"{path}{name}.csv?{query}"
        for cell in cells:
            yield f"{path}touches.csv?{query}&contrast={cell}"
            yield f"{path}touches/?{query}&contrast={cell}"
        yield f"{path}errors.svg?{query}"
    short = f"/subsets/{pk_of('Subset', name='short clips')}/comparison/"
    cleo = pk_of("User", username="cleo")
    yield f"{short}rates.csv"
    yield f"{short}touches.csv?contrast=a{cleo}-s{cleo}&of=errors"
    yield f"{short}touches.csv?contrast=a{cleo}-s{cleo}&of=offset"
    # A job is queued for these two: they show the stored result until it has run.
    yield "/weeks/"
    yield unanimity
    for name in ("others", "settled", "again", "speed", "hours"):
        yield f"/weeks/{name}.csv"
    yield subset


def version_paths() -> Iterator[str]:
    from labeling.models import ModelVersion

    yield "/versions/"
    for version in ModelVersion.objects.order_by("number"):
        path = f"/versions/{version.pk}/"
        yield path
        yield f"{path}report.html"
        if version.parent_id:
            yield f"{path}errors/after/"
            yield f"{path}errors/before/"


def admin_paths() -> Iterator[str]:
    whiskers, tracked = (
        f"/sessions/{pk_of('Session', name=name)}/" for name in ("whiskers", "tracked")
    )
    yield from (whiskers, tracked, f"{whiskers}changes/1-2/", f"{tracked}tracking/")
    yield f"/sessions/tracking/new/?session={tracked.split('/')[2]}"
    yield from (f"/subsets/{pk}/" for pk in pks_of("Subset"))
    yield from (f"/jobs/{pk}/" for pk in pks_of("Job"))
    yield from ("/sessions/", "/subsets/", "/jobs/", "/accounts/")
    yield from ("/operations/", "/operations/log.csv", "/accounts/log.csv")


def pk_of(model: str, **fields: str) -> int:
    (found,) = pks_of(model, **fields)
    return found


def pks_of(model: str, **fields: str) -> list[int]:
    from labeling import models

    rows = getattr(models, model).objects.filter(**fields).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def figures_of(answer: Any) -> str:
    """Return the numbers in a table; of a page, numbers with decimals and pictures.

    Words are left out: they may change. So may other numbers on pages.
    """
    kind = answer["Content-Type"].split(";")[0]
    if kind == "text/csv":
        rows = answer.getvalue().decode().splitlines()[1:]
        return " ".join(sorted(NUMBER.findall("\n".join(rows))))
    if kind == "text/html":
        page = Page()
        page.feed(answer.getvalue().decode())
        decimals = sorted(set(DECIMAL.findall(" ".join(page.texts))))
        return " ".join([*decimals, *["picture"] * page.n_pictures])
    return ""


class Page(HTMLParser):
    """The text of a page without scripts, and its number of embedded pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.n_pictures = 0
        self.is_script = False

    def handle_starttag(self, tag, attrs) -> None:
        self.is_script = tag in ("script", "style")
        self.n_pictures += str(dict(attrs).get("src")).startswith("data:image/png")

    def handle_endtag(self, tag) -> None:
        self.is_script = False

    def handle_data(self, data) -> None:
        if not self.is_script:
            self.texts.append(data)


def tables() -> dict[str, Any]:
    """Return the rows of the database that a later version must not change."""
    from labeling import models as m

    return {
        "accounts": rows(m.User, "username", "role", "is_active", "first_name"),
        "account log": rows(
            m.AccountEvent, "kind", "account__username", "done_by__username"
        ),
        "invitations": rows(
            m.Invitation, "role", "name", "email", "account__username", "token_sha256"
        ),
        "keys": rows(m.KeyMap, "user__username", "preset", "keys"),
        "sessions": rows(
            m.Session, "name", "file", "fingerprint", "rate_hz", "animal", "rig",
            "tracking", "published_version__number",
        ),
        "trials": rows(
            m.Trial, "session__name", "number", "first_row", "n_frames", "role",
            "excluded_because", "pole_up", "pole_down",
        ),
        "clips": rows(
            m.Clip, "subset__name", "subset__seed", "trial__session__name",
            "trial__number", "start", "stop", "reason",
        ),
        "labels": labels(),
        "notes": rows(
            m.Note, "assignment__annotator__username", "assignment_id", "frame__index",
            "text",
        ),
        "operations": rows(
            m.Operation, "id", "client", "sequence", "assignment_id", "revision",
            "applied", "runs", "note", "gesture", "undoes_id", "suggestion_shown",
            "made_at",
        ),
        "settlements": rows(
            m.Settlement, "id", "subset__name", "trial__number", "start", "stop",
            "values", "reasons", "adjudicator__username", "revision", "applied",
        ),
        "returns": rows(
            m.ClipReturn, "assignment_id", "note", "answer", "answered_by__username"
        ),
        "backbones": rows(
            m.Backbone, "name", "kind", "sha256", "preprocessing", "weights"
        ),
        "snapshots": rows(
            m.LabelSnapshot, "sha256", "source", "subsets", "annotators", "n_trials",
            "n_frames", "n_touches", "trials",
        ),
        "versions": versions(),
        "publications": rows(
            m.Publication, "session__name", "version__number", "published_by__username"
        ),
        "jobs": rows(m.Job, "id", "kind", "title", "parameters", "state", "result"),
    }  # fmt: skip


def rows(model: Any, *fields: str) -> list[Any]:
    """Return rows in the order of their keys, as JSON."""
    found = list(model.objects.order_by("pk").values_list(*fields))
    if model._meta.pk.get_internal_type() == "UUIDField":
        found.sort(key=str)
    return json.loads(json.dumps(found, default=str))


def labels() -> dict[str, str]:
    """Return labels by assignment, a letter per frame: 0, 1, ? unsure, . unlabelled."""
    from labeling.models import Assignment, Label

    found = {}
    for each in Assignment.objects.order_by("pk").select_related(
        "clip__trial__session"
    ):
        clip, letters = each.clip, ["."] * each.clip.n_frames
        labels = Label.objects.filter(assignment=each)
        for index, value in labels.values_list("frame__index", "value"):
            letters[index - clip.start] = MARKS[1 + value]
        name = (
            f"{each.pk} {each.annotator} pass {each.pass_number} in {each.queue_id}: "
            f"{clip.trial.session.name} {clip.trial.number} [{clip.start}, {clip.stop})"
        )
        found[name] = "".join(letters)
    return found


def versions() -> list[Any]:
    """Return the versions, long fields as hashes."""
    from labeling.models import ModelVersion

    fields = (
        *("number", "parent__number", "backbone__name", "threshold", "files"),
        *("snapshot__sha256", "origin", "created_by__username", "job_id"),
    )
    long = ("feature_set", "parameters", "metrics")
    hashes = [
        [hashed(value) for value in version]
        for version in ModelVersion.objects.order_by("pk").values_list(*long)
    ]
    return list(map(list, zip(rows(ModelVersion, *fields), hashes, strict=True)))


def hashed(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def scores() -> dict[str, list[Any]]:
    """Return raw scores and number of touches by trial and version."""
    from labeling.models import Scores

    return {
        f"{each.trial.session.name} {each.trial.number} by {each.version.number}": [
            base64.b64encode(bytes(each.values)).decode(),
            each.n_touches,
        ]
        for each in Scores.objects.select_related("trial__session", "version")
    }


if __name__ == "__main__":
    main()
