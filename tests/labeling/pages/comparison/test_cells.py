"""The spelling of a comparison's cells in links."""

import pytest

from labeling.domain.agreement.contrasts import ContrastKey
from labeling.pages.comparison.cells import Cell, CellMeasure


@pytest.mark.parametrize(
    ("spelling", "measure", "title"),
    [
        ("miss", CellMeasure("miss"), "miss"),
        ("touch_count", CellMeasure("touch_count"), "touch count"),
        ("errors", CellMeasure("errors"), "errors"),
        ("onset", CellMeasure("onset"), "onset"),
        ("onset:2", CellMeasure("onset", 2.0), "onset +2 ms"),
        ("offset:-0.5", CellMeasure("offset", -0.5), "offset -0.5 ms"),
        ("onset:0", CellMeasure("onset", 0.0), "same onset"),
        ("f1:10", CellMeasure("f1", 10.0), "no partner within 10 ms"),
        (f"onset:{10 / 3}", CellMeasure("onset", 10 / 3), "onset +3.33 ms"),
    ],
)
def test_a_measure_is_parsed_from_its_own_spelling(spelling, measure, title):
    assert CellMeasure.parse(spelling) == measure
    assert str(measure) == spelling
    assert measure.title == title


def test_a_number_with_decimals_is_the_same_number():
    # As a template writes a stored shift.
    assert CellMeasure.parse("onset:2.0") == CellMeasure("onset", 2.0)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "f1", "miss:2", "onset:nan", "f1:inf"]
)
def test_another_text_is_no_measure(text):
    sentence = f"{text!r} names no cell of a comparison"
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        CellMeasure.parse(text)


@pytest.mark.parametrize(("text", "shift"), [("onset:", ""), ("onset:soon", "soon")])
def test_a_measure_with_a_shift_that_is_no_number_is_refused(text, shift):
    sentence = f"could not convert string to float: {shift!r}"
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        CellMeasure.parse(text)


def test_a_cell_has_a_contrast_and_a_measure():
    cell = Cell.parse("a3-a5", "deduct")

    assert cell == Cell(ContrastKey.of_pair(3, 5), CellMeasure("deduct"))
    with pytest.raises(ValueError, match=r"^'unknown' names no side of a contrast$"):
        Cell.parse("unknown", "deduct")
