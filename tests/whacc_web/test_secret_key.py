import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from whacc_web.env import SettingError
from whacc_web.secret_key import secret_key_from


def test_secret_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "secret-key"

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(secret_key_from, [path] * 8))

    assert keys == {path.read_text()}
    assert len(path.read_text()) == 80
    assert stat.filemode(path.stat().st_mode) == "-rw-------"
    assert [file.name for file in path.parent.iterdir()] == ["secret-key"]


def test_secret_key_that_is_short_is_refused(tmp_path):
    path = tmp_path / "secret-key"
    path.write_text("short")

    with pytest.raises(SettingError) as refused:
        secret_key_from(path)

    assert str(refused.value) == (
        f"Expected a secret key of 50 characters or more in {path}; found 5. "
        "Delete the file, and a new one is made."
    )
