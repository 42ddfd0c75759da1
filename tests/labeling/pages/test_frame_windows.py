"""The frames that pages show around a change or an error."""

import numpy as np
import pytest

from labeling.pages.frame_windows import FrameWindow, label_names, window_around


@pytest.mark.parametrize(
    ("start", "stop", "window"),
    [
        (10, 12, (6, 16)),
        (0, 3, (0, 7)),
        (95, 100, (91, 100)),
        # The beginning of a long run.
        (10, 80, (6, 36)),
    ],
)
def test_a_window_has_some_frames_on_each_side(start, stop, window):
    assert window_around(start, stop, 100) == window


def test_a_window_lists_its_frames():
    assert list(FrameWindow(start=3, stop=6).frames) == [3, 4, 5]


def test_labels_have_the_names_of_the_stylesheet():
    values = np.array([-1, 0, 1, 2], np.int8)

    assert label_names(values) == ["none", "not-touch", "touch", "unsure"]
