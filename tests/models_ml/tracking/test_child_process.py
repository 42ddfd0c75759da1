import os
import time

import pytest

from models_ml.tracking.child_process import run_in_child_process
from models_ml.tracking.exceptions import TemplateError, VideoError


def double(value):
    return 2 * value


def refuse():
    raise TemplateError("Expected another template.")


def test_the_return_value_is_returned():
    assert run_in_child_process(double, [1, 2]) == [1, 2, 1, 2]


def test_an_exception_of_tracking_is_raised_in_the_parent():
    with pytest.raises(TemplateError, match="another template"):
        run_in_child_process(refuse)


def test_a_crash_of_the_child_is_an_exception_in_the_parent():
    with pytest.raises(VideoError, match="crashed the decoder"):
        run_in_child_process(os._exit, 139)


def test_a_child_that_takes_too_long_is_killed():
    with pytest.raises(VideoError, match="Reading the video takes longer"):
        run_in_child_process(time.sleep, 600, timeout_seconds=0.2)
