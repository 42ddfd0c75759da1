"""Make a small installation with the checked-out version, and freeze it in this folder.

Run it from the root of the project:

    PYTHONPATH=. .venv/bin/python tests/data/old_installation/make.py
"""

import gzip
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from lab import fill
from lab_pages import ROOT, manage

HERE = Path(__file__).resolve().parent
FACTS = ROOT / "tests" / "labeling" / "installation_facts.py"
# Files that belong to one machine, or that the product makes again.
LEFT_OUT = ("pg", ".pg", "cache/searches", "secret-key", "static")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        var.mkdir()
        # The embedded PostgreSQL may run as another user.
        Path(folder).chmod(0o755)
        os.environ |= {
            "WHACC_VAR": str(var),
            "WHACC_HASHED_STATIC": "0",
            "WHACC_ALLOWED_HOSTS": "testserver",
            # No server listens there: job notices stay in the queue.
            "WHACC_WEBHOOK_URL": "http://127.0.0.1:9/",
            "DJANGO_SETTINGS_MODULE": "whacc_web.settings",
        }
        from whacc_web.embedded_postgres import embedded_postgres

        with embedded_postgres(var / "pg") as url:
            os.environ["DATABASE_URL"] = url
            manage("migrate", "--verbosity", "0")
            import django
            from django.test.utils import setup_test_environment

            django.setup()
            # Responses then have the context of their templates.
            setup_test_environment()
            fill()
            freeze(var, url)


def freeze(var: Path, url: str) -> None:
    with gzip.GzipFile(HERE / "database.sql.gz", "wb", 9, mtime=0) as file:
        file.write(dump(url).encode())
    with tarfile.open(HERE / "var.tar.xz", "w:xz", preset=9) as tar:
        for path in sorted(var.rglob("*")):
            name = str(path.relative_to(var))
            if path.is_file() and not name.startswith(LEFT_OUT) and not ships(path):
                tar.add(path, name, filter=without_owner)
    facts = subprocess.run(
        [sys.executable, FACTS], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (HERE / "facts.json").write_text(facts.stdout)
    for path in sorted(HERE.iterdir()):
        print(path.name, path.stat().st_size)


def dump(url: str) -> str:
    """Return the database as statements that every PostgreSQL client accepts."""
    from whacc_web.postgres_files import binaries

    options = (
        "--no-owner",
        "--no-privileges",
        "--rows-per-insert=500",
        # Browser sessions depend on the secret key of one machine.
        "--exclude-table-data=django_session",
    )
    sql = subprocess.run(
        [binaries() / "pg_dump", *options, url], check=True, capture_output=True,
        text=True,
    ).stdout  # fmt: skip
    # Only psql accepts the first, only servers from 17 on the second.
    only_here = r"^(\\(un)?restrict .*|SET transaction_timeout.*)\n"
    return re.sub(only_here, "", sql, flags=re.MULTILINE)


def ships(path: Path) -> bool:
    """Return whether the product has the same file: the test copies it from there."""
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    shipped = (ROOT / "models_ml").glob("**/data/*")
    return content in {hashlib.sha256(p.read_bytes()).hexdigest() for p in shipped}


def without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    main()
