import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from whacc_web.environment.secret_key import secret_key_from
from whacc_web.environment.variables import SettingError


def test_secret_key_is_created_once_and_readable_only_by_its_owner(tmp_path):
    path = tmp_path / "var" / "secret-key"

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(secret_key_from, [path] * 8))

    assert keys == {path.read_text()}
    assert len(path.read_text()) == 80
    assert stat.filemode(path.stat().st_mode) == "-rw-------"
    assert [file.name for file in path.parent.iterdir()] == ["secret-key"]


def test_short_secret_key_is_refused(tmp_path):
    path = tmp_path / "secret-key"
    path.write_text("short")

    with pytest.raises(SettingError) as refused:
        secret_key_from(path)

    assert str(refused.value) == (
        f"The secret key in {path} has 5 characters; it needs 50 or more. "
        "Delete the file: the next start creates a new key."
    )
