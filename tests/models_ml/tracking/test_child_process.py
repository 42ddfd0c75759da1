import os
import time

import pytest

from models_ml.tracking.child_process import run_in_child_process
from models_ml.tracking.exceptions import TemplateError, VideoError


def double(value):
    return 2 * value


def refuse():
    raise TemplateError("Expected another template.")


def test_what_a_function_returns_comes_back():
    assert run_in_child_process(double, [1, 2]) == [1, 2, 1, 2]


def test_what_it_refuses_is_raised_here():
    with pytest.raises(TemplateError, match="another template"):
        run_in_child_process(refuse)


def test_a_process_that_is_brought_down_takes_nobody_along():
    with pytest.raises(VideoError, match="brought down"):
        run_in_child_process(os._exit, 139)


def test_a_process_that_takes_too_long_is_ended():
    with pytest.raises(VideoError, match="to read the video within"):
        run_in_child_process(time.sleep, 600, timeout_seconds=0.2)
