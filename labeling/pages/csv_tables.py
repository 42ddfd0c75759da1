"""CSV tables without formulas: every CSV file of the product is written here.

Spreadsheets run a cell that begins with = + - or @ as a formula, and users type names
and notes as they like. Such a text gets an apostrophe in front, which marks it as text.
Numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Iterator

# Some spreadsheets also run full-width characters, and formulas after blanks.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001

Row = Iterable[object]


def csv_text(rows: Iterable[Row]) -> str:
    """Return a table as one text."""
    return "".join(csv_lines(rows))


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a table, each with its line end."""
    text = io.StringIO()
    # With this line end, cells with a single \r or \n are quoted as well.
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_as_text(cell) for cell in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _as_text(cell: object) -> object:
    """Return a cell, marked as text if a spreadsheet would run it."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_BEGINS):
        return f"'{cell}"
    return cell
