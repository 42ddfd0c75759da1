import os
import subprocess
import sys

import psutil

from whacc_web.entry import BASE_DIR

ASK = (
    "from django.db import connection as c; print(c.cursor().execute({!r}).fetchone())"
)


def cwd_of(process):
    try:
        return process.cwd()
    except psutil.Error:
        return ""


def test_manage_works_without_variables_and_stops_its_server(tmp_path):
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    asked = subprocess.run(
        [
            *(sys.executable, BASE_DIR / "manage.py", "shell", "--verbosity=0"),
            *("-c", ASK.format("SELECT current_database()")),
        ],
        env=bare | {"WHACC_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.stderr == ""
    assert asked.stdout == "('whacc',)\n"
    assert (tmp_path / "pg" / "PG_VERSION").exists()
    assert [p for p in psutil.process_iter() if cwd_of(p) == str(tmp_path / "pg")] == []
