"""The commands that import models of WhACC, and their output."""

from io import StringIO

import pytest
from django.core.management import call_command

from labeling.management.commands.import_whacc_backbone import Command
from tests.factories_whacc import write_pickled_booster

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_import_whacc_model_prints_what_it_imported_and_what_is_missing(tmp_path):
    path = write_pickled_booster(tmp_path / "012_model.pkl")

    printed = run("import_whacc_model", str(path))
    again = run("import_whacc_model", str(path))

    assert printed.startswith(
        "Imported version 1 on WhACC's ResNet50V2 (weights not imported), threshold "
        "0.5. Origin: WhACC, a lab's own: 012_model.pkl, sha256 "
    )
    assert printed.endswith(
        "\nIt cannot score yet. Import the weights of WhACC's CNN with manage.py "
        "import_whacc_backbone FOLDER.\n"
    )
    assert again == printed.replace("Imported", "Already imported:")


def test_a_folder_without_weights_ends_with_a_message(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "import_whacc_backbone", str(tmp_path)])

    assert ended.value.code == 1
    printed = capsys.readouterr().err
    assert printed.startswith(f"{tmp_path} is not a TensorFlow SavedModel: it has no ")
    assert printed.count("\n") == 1
