"""The public names of the core, `models_ml/__init__.py`."""

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import models_ml


def test_importing_the_core_loads_no_other_module_of_it_and_no_numpy():
    code = (
        "import sys, models_ml; "
        "print([n for n in sys.modules if n.startswith('models_ml.') or n == 'numpy'])"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout == "[]\n"


@pytest.mark.parametrize("name", models_ml.__all__)
def test_each_public_name_is_a_documented_function(name):
    function = getattr(models_ml, name)

    assert inspect.isfunction(function)
    assert inspect.getdoc(function)
    assert f"`{name}`" in models_ml.__doc__
    assert name in dir(models_ml)


def test_the_names_for_type_checkers_are_the_ones_that_are_imported_lazily():
    source = Path(models_ml.__file__).read_text()
    block = source[source.index("if TYPE_CHECKING") : source.index("__all__")]
    imported = {
        (name, module, there)
        for module, names in re.findall(r"from models_ml\.(\S+) import (.+)", block)
        for there, name in ((each.split(" as ") * 2)[:2] for each in names.split(", "))
    }

    lazy = {(name, *home) for name, home in models_ml._HOMES.items()}
    assert imported == lazy
    assert sorted(models_ml._HOMES) == models_ml.__all__


def test_touch_errors_of_the_core_is_the_function():
    from models_ml import touch_errors

    assert touch_errors([0, 1, 1, 0], [0, 0, 0, 0], [4]).miss == 1


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'touch_error'"):
        models_ml.touch_error  # noqa: B018


def test_the_example_from_frames_to_touches_is_true():
    result = doctest.testmod(models_ml)

    assert result.attempted > 15
    assert result.failed == 0
