"""CSV files: texts that users type are never formulas; numbers stay numbers."""

import csv
import io
import re
from pathlib import Path

import pytest

from labeling.pages.csv_tables import csv_lines, csv_text

ROOT = Path(__file__).parents[3]
TAKES = r"import .*\b(csv_text|csv_lines)\b"
WRITES = r"csv\.(writer|DictWriter)\("


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "+1\r=2",
        '=HYPERLINK("http://example.org","here")',
        "＝1",  # noqa: RUF001
    ],
)
def test_a_text_that_looks_like_a_formula_is_marked_as_text(typed):
    ((cell,),) = csv.reader(io.StringIO(csv_text([[typed]]), newline=""))

    assert cell == f"'{typed}"


def test_other_cells_stay_what_they_are():
    row = ["ada", "a=b", "", None, -3, -0.5, 1e-9, 0, True, 'says "so", twice']

    text = csv_text([row])

    assert text == 'ada,a=b,,,-3,-0.5,1e-09,0,True,"says ""so"", twice"\r\n'


def test_a_table_comes_row_by_row():
    rows = iter([["trial", "touches"], [1, -2]])

    lines = csv_lines(rows)

    assert next(lines) == "trial,touches\r\n"
    assert next(rows) == [1, -2]
    assert list(lines) == []


def test_no_other_module_writes_csv():
    modules = {
        str(path.relative_to(ROOT)): path.read_text()
        for package in ("whacc_web", "labeling", "models_ml")
        for path in (ROOT / package).rglob("*.py")
    }
    writers = {name for name, code in modules.items() if re.search(WRITES, code)}
    senders = {name for name, code in modules.items() if '"text/csv' in code}

    assert writers == {"labeling/pages/csv_tables.py"}
    assert senders == {"labeling/views/responses.py"}
    assert re.search(TAKES, modules["labeling/views/responses.py"])
