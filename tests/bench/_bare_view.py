"""A minimal Django view that stores a label: one view, one upsert, one commit."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.launched import free_port

TABLE = "CREATE TABLE IF NOT EXISTS bare_label (frame int PRIMARY KEY, value int)"
UPSERT = """INSERT INTO bare_label VALUES (%s, %s)
ON CONFLICT (frame) DO UPDATE SET value = excluded.value"""


def application():
    """Return a WSGI application with one view and no middleware, for gunicorn."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection
    from django.http import HttpResponse
    from django.urls import path

    from whacc_web.environment.database_url import database_from_url
    from whacc_web.postgres.embedded import embedded_url

    url = embedded_url(Path(os.environ["WHACC_VAR"]) / "pg")
    database = database_from_url(url)
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "pool": True}

    def view(request):
        with connection.cursor() as cursor:
            if request.method == "GET":
                cursor.execute(TABLE)
            else:
                body = json.loads(request.body)
                cursor.execute(UPSERT, [body["frame"], body["value"]])
        return HttpResponse(b"{}")

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": database},
        ROOT_URLCONF=(path("", view),),
        MIDDLEWARE=[],
        USE_TZ=True,
    )
    return get_wsgi_application()


@contextlib.contextmanager
def serve_bare_view(var: Path) -> Iterator[int]:
    """Serve the view as the launcher serves the product; yield its port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "tests.bench._bare_view:application()"),
        *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
        *("--workers", "2", "--threads", "4", "--log-level", "warning"),
        "--no-control-socket",
    ]
    environment = {**os.environ, "WHACC_VAR": str(var), "PYTHONPATH": "."}
    with subprocess.Popen(command, env=environment) as server:
        try:
            wait_for_answer(port)
            yield port
        finally:
            server.terminate()


def wait_for_answer(port: int) -> None:
    """Wait until the view has created its table."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
            return
        time.sleep(0.1)
    raise SystemExit("The bare view did not answer.")
