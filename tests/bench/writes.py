"""Benchmark of writing labels, through the product's server and its PostgreSQL.

It measures labels in batches, eight annotators with five operations a second each, and
one label at a time beside a minimal Django view with a single upsert. Both servers run
as in `make run`, and their rounds alternate.
"""

import contextlib
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
import requests

from tests.bench._bare_view import serve_bare_view
from tests.launched import Launched

ANNOTATORS = 8
CLIP_FRAMES = 4_000
CLIPS = 6
BATCH = 200
RUN_FRAMES = 15
ROUNDS = 5
SINGLE_LABELS = 200
PACE_SECONDS = 20
PER_SECOND = 5


def main() -> None:
    """Start the product, and print all measurements."""
    with tempfile.TemporaryDirectory() as folder:
        product = Launched(Path(folder) / "run" / "var")
        product.start()
        try:
            measure(product)
        finally:
            product.stop()


def measure(product: Launched) -> None:
    """Run all three measurements on one server."""
    people = [Annotator(product.url, *each) for each in seed(product.var)]
    warm_up(people)
    for frames in (1, RUN_FRAMES):
        for crowd in (people[:1], people):
            report_batches(product, crowd, frames)
    report_pace(people)
    with serve_bare_view(product.var) as bare_port:
        report_single(people[0], bare_port)


class Annotator:
    """A logged-in annotator with a persistent HTTP connection."""

    def __init__(self, url: str, username: str, password: str, clips: list[int]):
        self.clips = clips
        self.next_frame = 0
        self.client = str(uuid4())
        self.sequences = dict.fromkeys(clips, 0)
        where = urlsplit(url)
        self.connection = http.client.HTTPConnection(where.hostname, where.port)
        session = requests.Session()
        session.trust_env = False
        form = session.get(f"{url}/login/").text
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)[1]
        credentials = {"username": username, "password": password}
        page = session.post(
            f"{url}/login/", {**credentials, "csrfmiddlewaretoken": token}
        ).text
        token = re.search(r'name="csrf-token" content="(\w+)"', page)[1]
        cookies = "; ".join(f"{each.name}={each.value}" for each in session.cookies)
        self.headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": token,
            "Cookie": cookies,
        }

    def batch(self, n_operations: int, frames: int) -> tuple[str, bytes]:
        """Return the URL path and body of the next operations on consecutive frames."""
        if self.next_frame + n_operations * frames > CLIP_FRAMES:
            self.clips.append(self.clips.pop(0))
            self.next_frame = 0
        # The page knows the revision of the clip after its last batch.
        known = self.sequences[self.clips[0]]
        operations = [self.operation(frames, known) for _ in range(n_operations)]
        body = {"client": self.client, "operations": operations}
        return f"/assignments/{self.clips[0]}/operations/", json.dumps(body).encode()

    def operation(self, frames: int, known: int) -> dict[str, object]:
        clip = self.clips[0]
        self.sequences[clip] += 1
        start, self.next_frame = self.next_frame, self.next_frame + frames
        return {
            "id": str(uuid4()),
            "sequence": self.sequences[clip],
            "revision": known,
            "runs": [[start, start + frames, self.sequences[clip] % 3]],
            "undoes": None,
            "suggestion_shown": False,
            "made_at": datetime.now(UTC).isoformat(),
        }

    def send(self, path: str, body: bytes) -> float:
        """Post a batch; return the seconds until its acknowledgement."""
        started = time.perf_counter()
        self.connection.request("POST", path, body, self.headers)
        answer = self.connection.getresponse()
        receipt = json.loads(answer.read())
        seconds = time.perf_counter() - started
        assert answer.status == 200, answer.status
        assert not receipt["refused"], receipt["refused"][0]
        assert all(each["applied"] for each in receipt["acknowledged"])
        return seconds


def seed(var: Path) -> list[tuple[str, str, list[int]]]:
    """Create annotators with their own clips, in a process with Django."""
    script = f"import tests.bench.writes as w; w.make_rows({ANNOTATORS}, {CLIPS})"
    made = subprocess.run(
        [sys.executable, "-c", script],
        env={"WHACC_VAR": str(var), "PYTHONPATH": ".", "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(made.stdout)


def make_rows(n_annotators: int, n_clips: int) -> None:
    """Create annotators and clips; print the logins and assignments as JSON."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "whacc_web.settings"
    import django

    django.setup()
    from labeling.domain.assignments.labelling import assign_subset, assignments_for
    from tests.factories import PASSWORD, make_session, make_subset, make_user

    session = make_session(n_frames=[CLIP_FRAMES] * n_clips)
    subset = make_subset(session, start=0, stop=CLIP_FRAMES)
    people = [make_user(f"annotator{n}") for n in range(n_annotators)]
    assign_subset(user=None, subset=subset, annotators=people)
    logins = [
        (
            str(person.username),
            PASSWORD,
            list(assignments_for(person).values_list("pk", flat=True)),
        )
        for person in people
    ]
    print(json.dumps(logins))


def warm_up(people: list[Annotator]) -> None:
    """Warm up the processes of the server."""
    for person in people:
        for _ in range(3):
            person.send(*person.batch(1, 1))


def report_batches(product: Launched, people: list[Annotator], frames: int) -> None:
    """Print labels a second in batches of many operations."""
    n_operations = min(BATCH, CLIP_FRAMES // frames)
    rates = []
    cpu_before = server_cpu_seconds(product)
    for _ in range(ROUNDS):
        sent = [
            [person.batch(n_operations, frames) for _ in range(6)] for person in people
        ]
        reconnect(people)
        seconds = run_together(
            [
                lambda person=person, batches=batches: [
                    person.send(*each) for each in batches
                ]
                for person, batches in zip(people, sent, strict=True)
            ]
        )
        rates.append(len(people) * 6 * n_operations * frames / seconds)
    cpu = server_cpu_seconds(product) - cpu_before
    labels = ROUNDS * len(people) * 6 * n_operations * frames
    print(
        f"{len(people)} annotator(s), batches of {n_operations} operations of {frames} "
        f"frame(s): {statistics.median(rates):,.0f} labels/s "
        f"({min(rates):,.0f} to {max(rates):,.0f}); {cpu * 1e6 / labels:.0f} us of "
        "CPU time of the server and PostgreSQL for each label"
    )


def server_cpu_seconds(product: Launched) -> float:
    """Return CPU seconds of the web server and PostgreSQL, for any other load."""
    seconds = 0.0
    for process in product.children("web server") + product.postgres():
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system
    return seconds


def reconnect(people: list[Annotator]) -> None:
    """Connect again, because the server closes idle connections."""
    for person in people:
        person.connection.close()
        person.connection.connect()


def run_together(actions: list[Callable[[], object]]) -> float:
    """Run all actions at the same time; return the seconds until the last one ends."""
    started = time.perf_counter()
    with ThreadPoolExecutor(len(actions)) as pool:
        list(pool.map(lambda action: action(), actions))
    return time.perf_counter() - started


def report_pace(people: list[Annotator]) -> None:
    """Print the response times of annotators who label at a fast pace."""
    waits: list[float] = []

    reconnect(people)

    def label(person: Annotator, offset: float) -> None:
        due = time.perf_counter() + offset
        for _ in range(PACE_SECONDS * PER_SECOND):
            time.sleep(max(0.0, due - time.perf_counter()))
            waits.append(person.send(*person.batch(1, 1)))
            due += 1 / PER_SECOND

    threads = [
        threading.Thread(target=label, args=[person, n / PER_SECOND / len(people)])
        for n, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(
        f"{len(people)} annotators at {PER_SECOND} operations a second each, "
        f"{PACE_SECONDS} s: acknowledged after {milliseconds(waits)}"
    )


def report_single(person: Annotator, bare_port: int) -> None:
    """Print the times of single labels, alternating with the minimal view."""
    bare = http.client.HTTPConnection("127.0.0.1", bare_port)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        reconnect([person])
        bare.close()
        ours += [person.send(*person.batch(1, 1)) for _ in range(SINGLE_LABELS)]
        theirs += [upsert(bare, frame) for frame in range(SINGLE_LABELS)]
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(
        f"one label at a time: {milliseconds(ours)}: {1 / statistics.mean(ours):.0f}/s"
    )
    print(
        f"a minimal Django view with one upsert: {milliseconds(theirs)}: "
        f"{1 / statistics.mean(theirs):.0f}/s; ratio {ratio:.2f} "
        "(login, CSRF, rights, log of operations, exactly once)"
    )
    print("Label Studio 1.23.2, its API on a machine of this size: 10 to 19 labels/s")


def upsert(connection: http.client.HTTPConnection, frame: int) -> float:
    started = time.perf_counter()
    connection.request("POST", "/", json.dumps({"frame": frame, "value": 1}))
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return time.perf_counter() - started


def milliseconds(seconds: list[float]) -> str:
    p50, p95 = (
        statistics.quantiles(seconds, n=100)[49],
        statistics.quantiles(seconds, n=100)[94],
    )
    return f"p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms"


if __name__ == "__main__":
    main()
