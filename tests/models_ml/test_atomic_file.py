import pytest

from models_ml.atomic_file import replaced_file


def test_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "folder" / "a.txt"

    with replaced_file(path) as part:
        part.write_text("half")
        assert not path.exists()
        part.write_text("whole")

    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_old_file_stays_when_writing_fails(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    with pytest.raises(UnicodeEncodeError), replaced_file(path) as part:
        part.write_text("half \N{MOUSE}", encoding="ascii")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_file_has_the_permissions_of_other_new_files(tmp_path):
    (tmp_path / "plain").touch()

    with replaced_file(tmp_path / "a") as part:
        part.write_text("")

    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_secret_is_never_readable_by_others(tmp_path):
    with replaced_file(tmp_path / "a", mode=0o600) as part:
        part.write_text("secret")
        before = part.stat().st_mode & 0o777

    assert (before, (tmp_path / "a").stat().st_mode & 0o777) == (0o600, 0o600)
