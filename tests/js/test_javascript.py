"""Runs the unit tests of static/js/lib with node, from PATH or from Playwright."""

import shutil
import subprocess
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

HERE = Path(__file__).parent
PLAYWRIGHT_NODE = compute_driver_executable()[0]


def test_javascript_library_passes_its_own_tests() -> None:
    node = shutil.which("node") or PLAYWRIGHT_NODE
    tests = sorted(path.as_uri() for path in HERE.glob("*.test.js"))
    # All in one process: `--test` starts one for each file.
    script = "".join(f"import {test!r};" for test in tests)

    finished = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stdout + finished.stderr
