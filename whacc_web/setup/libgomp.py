"""Install libgomp.so.1, which LightGBM's wheel expects on the machine."""

import ctypes
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from whacc_web.environment.native_libs import native_libs_folder

NAME = "libgomp.so.1"


def main() -> None:
    """Install Debian's library, or link to the copy in scikit-learn's wheel."""
    if sys.platform != "linux" or loads() or (installed_by_apt() and loads()):
        return
    # Loading scikit-learn's copy first does not help: it has another name.
    copies = Path(sysconfig.get_path("purelib"), "scikit_learn.libs")
    copy = next(copies.glob("libgomp-*.so*"), None)
    if copy is None:
        sys.exit(
            f"This machine has no {NAME}, and {copies} has no copy of it. "
            "Install it: on Debian or Ubuntu it is the package libgomp1."
        )
    link = native_libs_folder() / NAME
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(copy, link.parent))


def loads() -> bool:
    """Return whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(NAME)
    except OSError:
        return False
    return True


def installed_by_apt() -> bool:
    """Install Debian's package; return whether that worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Installing libgomp1, which LightGBM needs.", file=sys.stderr)  # noqa: T201
    package = ["apt-get", "install", "-y", "--no-install-recommends", "libgomp1"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], package):
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    return done.returncode == 0


if __name__ == "__main__":
    main()
