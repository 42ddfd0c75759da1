"""The map is true, files stay small, and the layers hold."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("whacc_web", "labeling", "models_ml")
LINES_MAX = 300
FILES_MAX = 20


def source_files(*suffixes: str) -> list[Path]:
    folders = [*PACKAGES, "templates", "static", "tests"]
    return [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes and not {"vendor", "migrations"} & set(path.parts)
    ]


def source_folders() -> set[str]:
    """Folders of the packages that hold files of their own, and the browser's."""
    files = [path for name in PACKAGES for path in (ROOT / name).rglob("*")]
    folders = {path.parent for path in files if path.is_file()}
    return {
        f"{folder.relative_to(ROOT)}/"
        for folder in folders
        if not {"__pycache__", ".mypy_cache"} & set(folder.parts)
    }


def test_the_map_names_every_folder():
    named = set(re.findall(r"`([\w/]+/)`", (ROOT / "ARCHITECTURE.md").read_text()))

    assert sorted(source_folders() - named) == []


def test_the_map_names_nothing_that_is_not_there():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = re.findall(r"`([a-z_]+/[\w/.]*|[a-z_]+/)`", text)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_map_fits_on_one_hundred_and_fifty_lines():
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 150


def test_no_folder_holds_more_than_twenty_files():
    folders: dict[str, int] = {}
    for path in source_files(".py", ".js", ".css", ".html"):
        if path.name != "__init__.py" and not path.is_relative_to(ROOT / "tests"):
            folder = str(path.parent.relative_to(ROOT))
            folders[folder] = folders.get(folder, 0) + 1

    assert {folder: n for folder, n in folders.items() if n > FILES_MAX} == {}


def test_no_file_is_longer_than_three_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): n_lines
        for path in source_files(".py", ".js", ".css", ".html")
        if (n_lines := len(path.read_text().splitlines())) > LINES_MAX
    }

    assert long == {}


def test_the_readme_fits_on_one_hundred_and_twenty_lines():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_links_between_documents_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = {
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)[^):]*\)", page.read_text())
        if not (page.parent / link).exists()
    }

    assert broken == set()


def test_the_guide_names_every_setting():
    text = (ROOT / "docs" / "guide" / "operation.md").read_text()
    named = set(re.findall(r"`(\w+)`", text))
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
