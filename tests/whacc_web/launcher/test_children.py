import sys
import time

import psutil
import pytest

from whacc_web.environment.variables import SettingError
from whacc_web.launcher.children import Children
from whacc_web.launcher.interruption import Interruption
from whacc_web.launcher.leftovers import end_marked, mark, marked_processes

SLEEP = "import time; time.sleep(60)"
IGNORE_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


def watch_forever(children):
    while True:
        children.watch()


def wait_until(claim):
    deadline = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_children_stop_in_the_order_of_their_start(tmp_path):
    log = tmp_path / "log"
    script = (
        "import pathlib, signal, sys, time\n"
        "def stop(*_):\n"
        f"    pathlib.Path({str(log)!r}).open('a').write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        f"pathlib.Path({str(tmp_path)!r}, sys.argv[1]).touch()\n"
        "time.sleep(60)\n"
    )

    with Children(tmp_path, Interruption()) as children:
        children.start("a", ["-c", script, "a"])
        children.start("b", ["-c", script, "b"])
        wait_until((tmp_path / "a").exists)
        wait_until((tmp_path / "b").exists)

    assert log.read_text() == "ab"


def test_child_that_ignores_sigterm_is_killed_with_its_own_children(tmp_path):
    script = (
        f"import subprocess, sys; {IGNORE_SIGTERM}\n"
        f"subprocess.run([sys.executable, '-c', '{IGNORE_SIGTERM}; {SLEEP}'])\n"
    )

    with Children(tmp_path, Interruption(), stop_seconds_max=0.5) as children:
        children.start("stubborn", ["-c", script])
        wait_until(lambda: len(marked_processes(tmp_path)) == 2)

    assert marked_processes(tmp_path) == []


def test_second_interrupt_kills_children_at_once(tmp_path):
    interruption = Interruption()
    ready = tmp_path / "ready"
    script = f"{IGNORE_SIGTERM}; open({str(ready)!r}, 'w'); {SLEEP}"

    with Children(tmp_path, interruption, stop_seconds_max=3600) as children:
        children.start("stubborn", ["-c", script])
        wait_until(ready.exists)
        interruption.must_hurry = True

    assert marked_processes(tmp_path) == []


def test_child_that_ends_repeatedly_stops_the_launcher(tmp_path, capfd):
    with Children(tmp_path, Interruption()) as children:
        children.start("web server", ["-c", "raise SystemExit(3)"])
        with pytest.raises(SettingError) as refused:
            watch_forever(children)

    assert str(refused.value) == (
        "The web server ended 4 times within a minute, the last time with exit code 3. "
        "Its own messages are above."
    )
    again = "The web server ended unexpectedly, with exit code 3: starting it again.\n"
    assert capfd.readouterr().out == 3 * again


def test_end_marked_spares_the_processes_of_other_folders(tmp_path):
    theirs = psutil.Popen(
        [sys.executable, "-c", SLEEP], env=mark(tmp_path / "theirs", "worker")
    )
    ours = psutil.Popen(
        [sys.executable, "-c", SLEEP], env=mark(tmp_path / "ours", "worker")
    )
    try:
        assert end_marked(tmp_path / "ours") == 1
        assert not ours.is_running() or ours.status() == psutil.STATUS_ZOMBIE
        assert theirs.is_running()
    finally:
        theirs.kill()
        theirs.wait()
        ours.wait()
