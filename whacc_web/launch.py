"""The command behind `make run`: database, web server and workers, until Ctrl-C."""

import os
import time
import urllib.request
from pathlib import Path

from whacc_web.entry import database_running, errors_in_one_sentence, var_root
from whacc_web.environment.native_libs import use_native_libs
from whacc_web.environment.variables import SettingError, env_bool, env_int
from whacc_web.launcher.children import Children, announce
from whacc_web.launcher.interruption import Interruption
from whacc_web.launcher.leftovers import end_marked
from whacc_web.launcher.only_one import check_port, only_launcher
from whacc_web.launcher.preparation import MANAGE, prepare, seed_if_empty, show_logins
from whacc_web.postgres.server_watch import ServerWatch

HOST = "127.0.0.1"
ANSWER_SECONDS_MAX = 60
CHECK_SECONDS = 0.5


def main() -> None:
    """Run the product until a signal stops it."""
    use_native_libs()
    os.environ["DJANGO_SETTINGS_MODULE"] = "whacc_web.settings"
    # Error pages with settings and code are for developers: `manage.py runserver`.
    os.environ["WHACC_DEBUG"] = "0"
    interruption = Interruption()
    with errors_in_one_sentence():
        var = var_root()
        port = env_int("PORT", 8000, at_least=1, at_most=65535)
        with only_launcher(var, address(port)):
            interruption.install()
            try:
                run(var, port, interruption)
            except KeyboardInterrupt:
                announce("Stopped.")


def address(port: int) -> str:
    """Return the address of the product."""
    return f"http://{HOST}:{port}"


def run(var: Path, port: int, interruption: Interruption) -> None:
    """Start everything, and keep it running until a signal or an error ends it."""
    if ended := end_marked(var):
        announce(f"Ended {ended} processes of an earlier run.")
    check_port(HOST, port)
    embedded = "DATABASE_URL" not in os.environ
    with database_running(), Children(var, interruption) as children:
        prepare()
        with_demo = env_bool("DEMO", default=embedded)
        if with_demo:
            seed_if_empty(children)
        children.start("web server", gunicorn(port))
        # An embedded database has no workers other than these.
        only = ["--only-worker"] if embedded else []
        children.start("worker", [MANAGE, "run_worker", *only])
        children.start("recovery worker", [MANAGE, "run_worker", "--recovery"])
        wait_for_answer(port, children)
        announce(f"\nWhACC Web: {address(port)}    Ctrl-C stops it.")
        if with_demo:
            show_logins()
        keep_running(children, ServerWatch(var / "pg") if embedded else None)


def gunicorn(port: int) -> list[str]:
    """Return the web server's command: two processes with four threads each."""
    # The heartbeats of its processes must not wait for a disk.
    heartbeats = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # noqa: S108
    return [
        *("-m", "gunicorn", "whacc_web.wsgi", "--bind", f"{HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning"),
        *("--no-control-socket", *heartbeats),
    ]


def wait_for_answer(port: int, children: Children) -> None:
    """Wait until the web server and its database answer."""
    # Never through a proxy from the environment.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + ANSWER_SECONDS_MAX
    while time.monotonic() < deadline:
        children.watch()
        try:
            opener.open(f"{address(port)}/health/", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SettingError(
        f"The web server did not answer within {ANSWER_SECONDS_MAX} s; "
        "its messages are above."
    )


def keep_running(children: Children, server: ServerWatch | None) -> None:
    """Restart what ends unexpectedly, until a signal interrupts."""
    while True:
        time.sleep(CHECK_SECONDS)
        if server and server.restart_if_dead():
            announce("PostgreSQL ended unexpectedly: started it again.")
        children.watch()


if __name__ == "__main__":
    main()
