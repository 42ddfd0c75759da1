import json
import os
import subprocess
import sys

import pytest

SHOW = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "whacc_web.settings"
from django.conf import settings
found = {{name: getattr(settings, name, None) for name in {names!r}}}
print(json.dumps(found, default=str))
"""
HEAVY = ("tensorflow", "keras", "lightgbm", "sklearn", "scipy", "av", "cv2", "pandas")
HEAVY += ("numba",)
IMPORT_THE_WEB_PROCESS = """
import json, sys
import whacc_web.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
import labeling.urls
print(json.dumps(sorted(set(sys.modules) & set(sys.argv[1:]))))
"""


def run_python(code, *arguments, **environment):
    """Run code in a process with these settings and no others."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WHACC_", "DJANGO_", "DATABASE_URL", "SECRET_KEY"))
    }
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_with(*names, **environment):
    shown = run_python(SHOW.format(names=names), **environment)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def test_settings_without_variables_name_the_embedded_database(tmp_path):
    found = settings_with(
        "DEBUG", "DATABASES", "WHACC_DATA_ROOT", WHACC_VAR=str(tmp_path)
    )

    assert found["DEBUG"] is False
    assert found["DATABASES"]["default"]["HOST"] == str(tmp_path / "pg")
    assert found["WHACC_DATA_ROOT"] == str(tmp_path / "data")
    # Reading the settings creates a key and starts no server.
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_settings_under_https_send_cookies_only_over_https(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")

    plain = settings_with(*names, WHACC_VAR=str(tmp_path))
    https = settings_with(*names, WHACC_VAR=str(tmp_path), WHACC_HTTPS="1")

    assert plain == dict.fromkeys(names, False)
    assert https == dict.fromkeys(names, True)


def test_only_the_web_server_has_a_database_pool(tmp_path):
    show_pool = "print('pool' in settings.DATABASES['default']['OPTIONS'])"

    for first, printed in [("", "False\n"), ("import whacc_web.wsgi", "True\n")]:
        shown = run_python(
            f"{first}\nfrom django.conf import settings\n{show_pool}",
            WHACC_VAR=str(tmp_path),
            DJANGO_SETTINGS_MODULE="whacc_web.settings",
        )
        assert shown.stdout == printed


@pytest.mark.parametrize("command", ["check", "migrate"])
def test_manage_reports_a_bad_setting_in_one_sentence(tmp_path, command):
    finished = run_python(
        "import manage; manage.main()",
        command,
        WHACC_VAR=str(tmp_path),
        WHACC_HTTPS="maybe",
        DATABASE_URL="postgresql://host/name",
    )

    assert finished.returncode == 1
    assert finished.stderr == (
        "WHACC_HTTPS is 'maybe'. Set WHACC_HTTPS=1 or WHACC_HTTPS=0, or unset it.\n"
    )


def test_web_process_imports_no_machine_learning(tmp_path):
    imported = run_python(IMPORT_THE_WEB_PROCESS, *HEAVY, WHACC_VAR=str(tmp_path))

    assert imported.returncode == 0, imported.stderr
    assert json.loads(imported.stdout) == []
