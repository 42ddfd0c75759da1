import numpy as np
import pytest

from models_ml.tracking.crops import crop_corner, cut

FRAME = np.arange(12, dtype=np.uint8).reshape(3, 4)


def test_cut_returns_a_copy():
    crop = cut(FRAME, (1, 0), (2, 3))

    assert crop.tolist() == [[1, 2], [5, 6], [9, 10]]
    assert not np.shares_memory(crop, FRAME)


@pytest.mark.parametrize(
    ("corner", "expected"),
    [
        ((-2, -1), [[0, 0, 0], [0, 0, 0], [4, 4, 4]]),
        ((3, 1), [[7, 7, 7], [11, 11, 11], [11, 11, 11]]),
        ((90, -90), [[3, 3, 3], [3, 3, 3], [3, 3, 3]]),
    ],
)
def test_cut_repeats_the_nearest_pixel_beyond_the_frame(corner, expected):
    assert cut(FRAME, corner, (3, 3)).tolist() == expected


@pytest.mark.parametrize(
    ("corner", "template", "crop", "expected"),
    [
        ((10, 20), (61, 61), (61, 61), (10, 20)),
        ((10, 20), (21, 21), (101, 101), (-30, -20)),
        ((10, 0), (60, 60), (61, 61), (9, 0)),
        ((5, 5), (61, 31), (31, 61), (20, -10)),
    ],
)
def test_crop_corner_centres_the_template_as_whacc_does(
    corner, template, crop, expected
):
    assert crop_corner(corner, template_px=template, crop_px=crop) == expected
