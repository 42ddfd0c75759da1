"""Runs the unit tests of static/js with node, from PATH or from Playwright."""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
LIB = STATIC / "js" / "lib"
PLAYWRIGHT_NODE = compute_driver_executable()[0]
FILES_MAX = 20
COLUMNS_MAX = 120
FOLDERS = sorted({path.parent.name for path in HERE.rglob("*.test.js")})


@pytest.mark.parametrize("folder", FOLDERS)
def test_javascript_passes_its_own_tests(folder: str) -> None:
    node = shutil.which("node") or PLAYWRIGHT_NODE
    tests = sorted((HERE / folder).glob("*.test.js"))
    # All in one process: `--test` starts one for each file.
    script = "".join(f"import {path.as_uri()!r};" for path in tests)

    finished = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stdout + finished.stderr
    n_run = re.search(r"^\S+ tests (\d+)$", finished.stdout, re.MULTILINE)
    assert n_run is not None, finished.stdout
    assert int(n_run[1]) >= sum(
        len(re.findall(r"^test\(", path.read_text(), re.MULTILINE)) for path in tests
    )


def test_the_tests_mirror_the_folders() -> None:
    in_folders = {path.relative_to(HERE).parts[0] for path in HERE.rglob("*.test.js")}

    assert in_folders == set(FOLDERS)
    assert {path.name for path in LIB.iterdir()} <= set(FOLDERS)


def test_every_library_module_has_a_test_of_its_name() -> None:
    tests = {path.relative_to(HERE) for path in HERE.rglob("*.test.js")}
    modules = {
        path.relative_to(LIB).with_suffix(".test.js") for path in LIB.rglob("*.js")
    }

    assert sorted(modules - tests) == []


def test_no_folder_of_static_files_holds_more_than_twenty() -> None:
    counts = Counter(path.parent for path in STATIC.rglob("*") if path.is_file())

    assert {folder: n for folder, n in counts.items() if n > FILES_MAX} == {}


def test_no_line_of_scripts_and_styles_is_too_long() -> None:
    files = [*STATIC.rglob("*.js"), *STATIC.rglob("*.css"), *HERE.rglob("*.js")]
    long = [
        f"{path.relative_to(HERE.parents[1])}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > COLUMNS_MAX
    ]

    assert long == []
