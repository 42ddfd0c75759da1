"""An installation of an earlier version works on: its database and its `var/`.

The test uses commands, pages and the worker only, in processes of their own, because
the installation has another database. See tests/data/old_installation/README.md.
"""

import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np
import psycopg
import pytest

from whacc_web.entry import BASE_DIR

pytestmark = pytest.mark.slow

FROZEN = BASE_DIR / "tests" / "data" / "old_installation"
THEN = json.loads((FROZEN / "facts.json").read_text())
# Processors differ in the order of their sums.
SCORE_TOLERANCE = 1e-5


class Installation:
    """An old installation, restored and migrated to the version under test."""

    def __init__(self, url: str, var: Path) -> None:
        self.url, self.var = url, var
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "WHACC_VAR": str(var),
            "PYTHONPATH": str(BASE_DIR),
        }

    def restore(self) -> None:
        with tarfile.open(FROZEN / "var.tar.xz") as tar:
            tar.extractall(self.var, filter="data")
        (self.var / "static").mkdir()
        with psycopg.connect(self.url) as connection:
            dump = (FROZEN / "database.sql.gz").read_bytes()
            connection.execute(gzip.decompress(dump))
        # In a new connection: the dump empties the search path of its own.
        for path, sha256 in self.rows(NAMED_FILES):
            self._take_shipped(self.var / "models" / path, sha256)
        self.manage("migrate", "--verbosity", "0")

    def _take_shipped(self, path: Path, sha256: str) -> None:
        """Copy a file from the product, unless the archive had it."""
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        shipped = (each.read_bytes() for each in BASE_DIR.glob("models_ml/**/data/*"))
        same = [one for one in shipped if hashlib.sha256(one).hexdigest() == sha256]
        assert same, f"The product no longer ships {path.name}: add it to var.tar.xz."
        path.write_bytes(same[0])

    def manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    def cached_units(self) -> list[Path]:
        return sorted(self.var.glob("cache/units/*/*.npy"))

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

    def facts(self) -> dict:
        return json.loads(self._run("tests/labeling/installation_facts.py"))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


NAMED_FILES = """
SELECT file ->> 'path', file ->> 'sha256'
FROM labeling_modelversion, jsonb_path_query(files, '$.*') AS file
UNION SELECT weights, split_part(split_part(weights, '/', 2), '-', 1)
FROM labeling_backbone
"""


# Without periodic tasks, which every worker queues again.
UNDELIVERED = """
SELECT task_name, args, status FROM procrastinate_jobs
WHERE status <> 'succeeded' AND task_name <> 'labeling.recover_jobs'
"""
SIMULATED = "SELECT name FROM labeling_session WHERE is_simulated ORDER BY name"
LAST_SCORED = "SELECT max(scored_at) FROM labeling_scores"
NOT_SCORED_SINCE = """
SELECT session.name, trial.number, scores.version_id
FROM labeling_scores AS scores
JOIN labeling_trial AS trial ON trial.id = trial_id AND excluded_because = ''
JOIN labeling_session AS session ON session.id = session_id
WHERE scored_at <= '{}'
"""


@pytest.fixture
def old(tmp_path):
    """The frozen installation, restored and migrated."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"whacc_old_{uuid4().hex}"
    url, maintenance = (
        server._replace(path=f"/{each}").geturl() for each in (name, "postgres")
    )
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            installation = Installation(url, tmp_path / "var")
            installation.restore()
            yield installation
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_an_old_installation_shows_its_data(old):
    now = old.facts()

    assert old.rows(SIMULATED) == [("whiskers",)]
    assert now["database"] == THEN["database"]
    assert now["scores"] == THEN["scores"]
    assert now["pages"].keys() == THEN["pages"].keys()
    for page, figures in THEN["pages"].items():
        gone = Counter(figures.split()) - Counter(now["pages"][page].split())
        assert not gone, page


def test_an_old_installation_works_on(old):
    queued = {job[0]: job[1] for job in THEN["database"]["jobs"] if job[4] == "queued"}
    kinds = {"score", "rescore", "track", "compare", "compare-weeks", "retrain"}
    assert set(queued.values()) == kinds
    units = {path: path.read_bytes() for path in old.cached_units()}
    removed = max(units, key=lambda path: len(units[path]))
    removed.unlink()
    ((last_scored,),) = old.rows(LAST_SCORED)

    old.manage("procrastinate", "worker", "--queues", "jobs,recovery", "--one-shot")
    output = old.manage(
        "retrain", "first look", "--parent", "3", "--trainings", "1", "--trees-alone",
        "--without-shipped-data", "--source", "settled",
    )  # fmt: skip
    now = old.facts()

    states = {job[0]: job[4] for job in now["database"]["jobs"]}
    assert {pk: states[pk] for pk in queued} == dict.fromkeys(queued, "done")
    assert old.rows(UNDELIVERED) == []
    versions = now["database"]["versions"]
    assert versions[:3] == THEN["database"]["versions"]
    assert [row[:2] for row, _ in versions[3:]] == [[4, 2], [5, 3]]
    assert "from version 3" in output
    for each in ("labels", "operations", "settlements", "publications"):
        assert now["database"][each] == THEN["database"][each]
    assert old.rows(NOT_SCORED_SINCE.format(last_scored.isoformat())) == []
    for name, (values, n_touches) in THEN["scores"].items():
        again, n_touches_again = now["scores"][name]
        np.testing.assert_allclose(
            floats(again), floats(values), rtol=0, atol=SCORE_TOLERANCE, err_msg=name
        )
        assert n_touches_again == n_touches, name
    (tracked,) = (row for row in now["database"]["sessions"] if row[0] == "again")
    assert tracked[3:6] == [500.0, "simulated", ""]
    # Only the trial without cached units went through the CNN.
    assert set(old.cached_units()) == set(units)
    np.testing.assert_allclose(
        np.load(removed), np.load(BytesIO(units[removed])), rtol=0, atol=1e-3
    )


def floats(encoded: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(encoded), "<f4")
