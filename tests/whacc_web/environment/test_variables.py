from pathlib import Path

import pytest

from whacc_web.environment.variables import (
    SettingError,
    env_bool,
    env_int,
    env_list,
    env_path,
    env_str,
)

NAME = "WHACC_SOMETHING"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("Yes", True), ("on", True), ("0", False), ("false", False)],
)
def test_env_bool_reads_yes_and_no(monkeypatch, text, value):
    monkeypatch.setenv(NAME, text)

    assert env_bool(NAME, default=not value) is value


@pytest.mark.parametrize("default", [True, False])
def test_env_bool_unset_or_empty_is_the_default(monkeypatch, default):
    monkeypatch.delenv(NAME, raising=False)
    assert env_bool(NAME, default=default) is default

    monkeypatch.setenv(NAME, "")
    assert env_bool(NAME, default=default) is default


def test_env_bool_refuses_other_words(monkeypatch):
    monkeypatch.setenv(NAME, "maybe")

    with pytest.raises(SettingError) as refused:
        env_bool(NAME, default=True)

    assert str(refused.value) == (
        "WHACC_SOMETHING is 'maybe'. "
        "Set WHACC_SOMETHING=1 or WHACC_SOMETHING=0, or unset it."
    )


def test_env_int_reads_a_number(monkeypatch):
    monkeypatch.setenv(NAME, " 8001 ")

    assert env_int(NAME, 8000, at_least=1, at_most=65535) == 8001


@pytest.mark.parametrize(
    "text",
    ["80a", "8.5", "0", "70000"],
)
def test_env_int_refuses_junk_and_numbers_out_of_bounds(monkeypatch, text):
    monkeypatch.setenv(NAME, text)

    with pytest.raises(SettingError) as refused:
        env_int(NAME, 8000, at_least=1, at_most=65535)

    assert str(refused.value) == (
        f"WHACC_SOMETHING is {text!r}. Set it to a whole number from 1 to 65535."
    )


def test_env_path_reads_an_absolute_path(monkeypatch):
    monkeypatch.setenv(NAME, "/data/whacc")

    assert env_path(NAME, Path("/var")) == Path("/data/whacc")


def test_env_path_refuses_a_relative_path(monkeypatch):
    monkeypatch.setenv(NAME, "data")

    with pytest.raises(SettingError) as refused:
        env_path(NAME, Path("/var"))

    assert str(refused.value) == (
        "WHACC_SOMETHING is 'data', which is not an absolute path. "
        f"Write {Path.cwd() / 'data'} if that is what you mean."
    )


def test_env_str_and_env_list_strip_blanks(monkeypatch):
    monkeypatch.setenv(NAME, " a.org, b.org ,")

    assert env_str(NAME, "") == "a.org, b.org ,"
    assert env_list(NAME, "") == ["a.org", "b.org"]
