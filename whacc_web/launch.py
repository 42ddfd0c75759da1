"""What `make run` executes: database, web server and worker, until Ctrl-C."""

import os
import time
import urllib.request
from pathlib import Path

from whacc_web.children import Children, say
from whacc_web.entry import database_running, told_in_a_sentence, var_root
from whacc_web.env import SettingError, env_bool, env_int
from whacc_web.interruption import Interruption
from whacc_web.leftovers import end_marked
from whacc_web.native_libs import use_native_libs
from whacc_web.only_one import check_port, only_launcher
from whacc_web.preparation import MANAGE, prepare, seed_if_empty, show_logins
from whacc_web.server_watch import ServerWatch

HOST = "127.0.0.1"
ANSWER_SECONDS_MAX = 60
LOOK_SECONDS = 0.5


def main() -> None:
    """Run the product until it is told to stop."""
    use_native_libs()
    os.environ["DJANGO_SETTINGS_MODULE"] = "whacc_web.settings"
    # A page with settings and code on it is for developers: `manage.py runserver`.
    os.environ["WHACC_DEBUG"] = "0"
    interruption = Interruption()
    with told_in_a_sentence():
        var = var_root()
        port = env_int("PORT", 8000, at_least=1, at_most=65535)
        with only_launcher(var, address(port)):
            interruption.install()
            try:
                run(var, port, interruption)
            except KeyboardInterrupt:
                say("Stopped.")


def address(port: int) -> str:
    """Return where the product is served."""
    return f"http://{HOST}:{port}"


def run(var: Path, port: int, interruption: Interruption) -> None:
    """Start everything, and keep it running until a signal or an error."""
    if ended := end_marked(var):
        say(f"Ended {ended} processes that an earlier run left behind.")
    check_port(HOST, port)
    embedded = "DATABASE_URL" not in os.environ
    with database_running(), Children(var, interruption) as children:
        prepare()
        with_demo = env_bool("DEMO", default=embedded)
        if with_demo:
            seed_if_empty(children)
        children.start("web server", gunicorn(port))
        # An embedded database has no worker but ours.
        only = ["--only-worker"] if embedded else []
        children.start("worker", [MANAGE, "run_worker", *only])
        children.start("recovery worker", [MANAGE, "run_worker", "--recovery"])
        wait_for_answer(port, children)
        say(f"\nWhACC Web: {address(port)}    Ctrl-C stops it.")
        if with_demo:
            show_logins()
        keep_running(children, ServerWatch(var / "pg") if embedded else None)


def gunicorn(port: int) -> list[str]:
    """Return the web server's command: two processes with four threads each."""
    # The heartbeat of its processes must not wait for a disk.
    heartbeats = ["--worker-tmp-dir", "/dev/shm"] if Path("/dev/shm").is_dir() else []  # noqa: S108
    return [
        *("-m", "gunicorn", "whacc_web.wsgi", "--bind", f"{HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning"),
        *("--no-control-socket", *heartbeats),
    ]


def wait_for_answer(port: int, children: Children) -> None:
    """Wait until the web server and its database answer."""
    # Never through a proxy that the environment may name.
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
        "what it said stands above."
    )


def keep_running(children: Children, server: ServerWatch | None) -> None:
    """Start again what ends unasked, until a signal interrupts."""
    while True:
        time.sleep(LOOK_SECONDS)
        if server and server.start_again_if_dead():
            say("PostgreSQL ended unexpectedly: started it again.")
        children.watch()


if __name__ == "__main__":
    main()
