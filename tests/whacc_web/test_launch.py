import signal

import pytest

pytestmark = pytest.mark.slow


def test_launch_restarts_killed_processes_and_serves_until_interrupted(
    launched,
):
    launched.start()

    same_folder = launched.second_start()
    same_port = launched.second_start(WHACC_VAR=str(launched.var.parent / "other"))
    worker = launched.children("worker")
    arbiter = min(launched.children("web server"), key=lambda p: p.create_time())
    launched.kill(arbiter)
    launched.wait_until_it_prints(
        "The web server ended unexpectedly, killed by SIGKILL: starting it again."
    )
    launched.wait_until_it_answers()
    launched.kill(*launched.postgres())
    launched.wait_until_it_prints("PostgreSQL ended unexpectedly: started it again.")
    launched.wait_until_it_answers()
    still_runs = launched.process.poll() is None
    exit_code = launched.stop(signal.SIGINT)

    assert same_folder.returncode == 1
    assert same_folder.stderr == (
        f"WhACC Web is already running in {launched.var}: {launched.url}, "
        f"process {launched.process.pid}. Stop it there with Ctrl-C, "
        "or set WHACC_VAR to another folder.\n"
    )
    assert same_port.returncode == 1
    assert same_port.stderr.startswith(
        f"Port {launched.port} of 127.0.0.1 is used by another program. "
        "Choose another one: make run PORT="
    )
    assert len(worker) == 1
    assert still_runs
    assert exit_code == 0
    assert launched.leftovers() == []
    assert not launched.answers()


def test_launch_refuses_a_folder_that_it_cannot_write(launched):
    launched.var.parent.mkdir()
    launched.var.touch()

    refused = launched.second_start()

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Cannot write {launched.var}/.launcher: File exists. Run this as the owner "
        f"of {launched.var}, or set WHACC_VAR to another folder.\n"
    )


def test_launch_refuses_a_database_that_does_not_answer(launched):
    refused = launched.second_start(
        DATABASE_URL="postgresql://ada:secret@127.0.0.1:1/whacc"
    )

    assert refused.returncode == 1
    assert refused.stderr.startswith("The database of DATABASE_URL cannot be used: ")
    assert "secret" not in refused.stderr
    assert not (launched.var / "pg").exists()


def test_launch_after_a_kill_ends_leftovers_and_starts_again(launched):
    launched.start()
    launched.kill_launcher()
    names = ("web server", "worker", "recovery worker")
    orphans = [each for name in names for each in launched.children(name)]
    postgres = launched.postgres()

    launched.start()

    ended = f"Ended {len(orphans)} processes of an earlier run.\n"
    assert launched.printed.startswith(ended)
    assert not any(process.is_running() for process in orphans)
    # A database that still runs is used.
    assert postgres[0] in launched.postgres()

    launched.kill_launcher()
    launched.kill(*launched.leftovers())

    launched.start()

    assert launched.stop(signal.SIGTERM) == 0
    assert launched.leftovers() == []
