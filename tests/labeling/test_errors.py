import subprocess
import sys

import pytest

from labeling.errors import LabelingError, translated_core_errors
from models_ml.exceptions import CoreError
from models_ml.session_files.layout import SessionFileError


def test_importing_the_exceptions_loads_no_heavy_module():
    code = (
        "import sys, labeling.errors, models_ml.tracking.exceptions; "
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "models_ml" in answer.stdout
    for heavy in ("numpy", "h5py", "av", "cv2", "django", "lightgbm", "tensorflow"):
        assert f"'{heavy}'" not in answer.stdout


def test_an_exception_of_the_core_becomes_a_labeling_error_with_its_message():
    with (
        pytest.raises(LabelingError, match=r"^This file has no frames\.$") as caught,
        translated_core_errors(),
    ):
        raise SessionFileError("This file has no frames.")

    assert isinstance(caught.value.__cause__, CoreError)


def test_another_exception_passes_unchanged():
    with pytest.raises(ZeroDivisionError), translated_core_errors():
        raise ZeroDivisionError
