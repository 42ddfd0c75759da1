"""Tables as CSV that no spreadsheet runs: every CSV of the product is written here.

A spreadsheet takes a cell that begins with = + - or @ for a formula, and user names,
notes and names of subsets are what somebody typed. Such a text gets an apostrophe in
front, which says that it is text; numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Iterator

# Full-width forms, and what follows blanks, are formulas to some spreadsheets too.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001

Row = Iterable[object]


def csv_text(rows: Iterable[Row]) -> str:
    """Return a whole table."""
    return "".join(csv_lines(rows))


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table row by row, each with the end of its line."""
    text = io.StringIO()
    # A cell that holds any part of the end of a line is quoted.
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_as_text(cell) for cell in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _as_text(cell: object) -> object:
    """Return a cell that is read as what it is; numbers are not strings here."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_BEGINS):
        return f"'{cell}"
    return cell
