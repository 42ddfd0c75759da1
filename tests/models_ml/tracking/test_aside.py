import os
import time

import pytest

from models_ml.tracking.aside import aside
from models_ml.tracking.exceptions import TemplateError, VideoError


def double(value):
    return 2 * value


def refuse():
    raise TemplateError("Expected another template.")


def test_what_a_function_returns_comes_back():
    assert aside(double, [1, 2]) == [1, 2, 1, 2]


def test_what_it_refuses_is_raised_here():
    with pytest.raises(TemplateError, match="another template"):
        aside(refuse)


def test_a_process_that_is_brought_down_takes_nobody_along():
    with pytest.raises(VideoError, match="brought down"):
        aside(os._exit, 139)


def test_a_process_that_takes_too_long_is_ended():
    with pytest.raises(VideoError, match="to read the video within"):
        aside(time.sleep, 600, timeout_seconds=0.2)
