"""The map is true, files stay small, and the layers hold."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("whacc_web", "labeling", "models_ml")
LINES_MAX = 300


def source_files(*suffixes: str) -> list[Path]:
    folders = [*PACKAGES, "templates", "static", "tests"]
    return [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes and not {"vendor", "migrations"} & set(path.parts)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_names_every_module(package):
    words = set(re.findall(r"\w+", (ROOT / "ARCHITECTURE.md").read_text()))
    skipped = {"__init__", "0001_initial"}
    modules = {
        path.stem
        for path in (ROOT / package).rglob("*.py")
        if path.parent.name not in {"commands", "views", "forms", "migrations"}
    }

    assert sorted(modules - words - skipped) == []


def test_the_map_fits_on_two_hundred_lines():
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 200


def test_no_file_is_longer_than_three_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): n_lines
        for path in source_files(".py", ".js", ".css", ".html")
        if (n_lines := len(path.read_text().splitlines())) > LINES_MAX
    }

    assert long == {}


def test_the_readme_names_every_setting():
    named = set(re.findall(r"`(\w+)`", (ROOT / "README.md").read_text()))
    read = {"CHROMIUM", "WHACC_TEST_DATABASE_URL"}
    for path in (ROOT / "whacc_web").rglob("*.py"):
        source = path.read_text()
        read |= set(re.findall(r'env_\w+\(\s*"(\w+)"', source))
        read |= set(re.findall(r'os\.environ(?:\.get\(|\[)\s*"(\w+)"', source))
    read -= {"DJANGO_SETTINGS_MODULE", "LD_LIBRARY_PATH", "PATH"}

    assert sorted(read - named) == []


def test_each_decision_has_a_number_of_its_own():
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in files]
    titles = [path.read_text().split(". ")[0] for path in files]

    assert len(set(numbers)) == len(numbers)
    assert titles == [f"# {int(number)}" for number in numbers]
