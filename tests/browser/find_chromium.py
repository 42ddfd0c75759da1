"""Find the browser that the tests drive; `--install` installs one if there is none.

Playwright drives it with a node of its own, which runs the JavaScript tests too.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import sync_playwright

SYSTEM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_chromium() -> str | None:
    """Return the path of a Chromium that starts, or None."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, SYSTEM_NAMES)]
    candidates.append(MAC_CHROME)
    return next((path for path in candidates if path and starts(path)), None) or (
        chromium_of_playwright()
    )


def chromium_of_playwright() -> str | None:
    """Return the path of the Chromium that Playwright installed, or None."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if starts(path) else None


def starts(path: str) -> bool:
    """Return whether a program starts: one that lacks a library does not."""
    if not Path(path).exists():
        return False
    asked = subprocess.run([path, "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def install_node_library() -> None:
    """Install the library that Playwright's node lacks on a bare Debian."""
    node, _ = compute_driver_executable()
    if not starts(node) and not (apt_installed("libatomic1") and starts(node)):
        sys.exit(
            f"{node} does not start. On Debian or Ubuntu it needs: "
            "sudo apt-get install libatomic1"
        )


def install_chromium() -> None:
    """Install Playwright's Chromium, else Debian's, else exit with instructions."""
    print("Installing a Chromium for the browser tests (about 200 MB).", flush=True)
    own = [sys.executable, "-m", "playwright", "install", "chromium"]
    if attempted(own) and find_chromium():
        return
    if apt_installed("chromium") and find_chromium():
        return
    sys.exit(
        "There is no Chromium for the browser tests, and none could be installed. "
        "Install Chromium or Chrome, or set CHROMIUM to its program."
    )


def apt_installed(package: str) -> bool:
    """Install a package of Debian as root; return whether it succeeded."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing Debian's {package}.", flush=True)
    install = ["apt-get", "install", "-y", "--no-install-recommends", package]
    return attempted(["apt-get", "update"]) and attempted(install)


def attempted(command: list[str]) -> bool:
    """Run a command, print its error if it fails, and return whether it succeeded."""
    environment = os.environ | {
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000",
    }
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error)
        return False
    if done.returncode:
        lines = done.stdout.splitlines() or ["nothing"]
        error_line = next((line for line in lines if "rror" in line), lines[-1])
        print(f"{command[0]} failed: {error_line.strip()}")
    return done.returncode == 0


if __name__ == "__main__":
    if "--install" in sys.argv:
        install_node_library()
        if not find_chromium():
            install_chromium()
    found = find_chromium()
    print(found or "no Chromium")
    sys.exit(0 if found else 1)
