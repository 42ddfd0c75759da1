"""Templates and stylesheets are easy to read side by side."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINE_MAX = 120


@pytest.mark.parametrize(
    "files", ["templates/**/*.html", "static/css/**/*.css"], ids=["templates", "css"]
)
def test_no_line_is_longer_than_120_characters(files):
    paths = sorted(ROOT.glob(files))

    long = {
        f"{path.relative_to(ROOT)}:{number}": len(line)
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LINE_MAX
    }

    assert paths
    assert long == {}
