"""Find the browser that the tests drive; `--install` gets one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

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
    candidates += [MAC_CHROME, playwrights_own()]
    return next((path for path in candidates if path and starts(path)), None)


def playwrights_own() -> str:
    """Return where Playwright's own Chromium lies, or would lie."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def starts(path: str) -> bool:
    """Say whether the browser starts: one that lacks a library does not."""
    if not Path(path).exists():
        return False
    asked = subprocess.run([path, "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def install() -> None:
    """Get Playwright's Chromium, else Debian's, else say what to do."""
    print("Getting a Chromium for the browser tests (about 200 MB).", flush=True)
    own = [sys.executable, "-m", "playwright", "install", "chromium"]
    if attempted(own) and find_chromium():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Playwright's does not start here: taking Debian's.", flush=True)
        package = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        if attempted(["apt-get", "update"]) and attempted(package) and find_chromium():
            return
    sys.exit(
        "Expected a Chromium for the browser tests; found none, and none could be "
        "installed. Install Chromium or Chrome, or set CHROMIUM to its program."
    )


def attempted(command: list[str]) -> bool:
    """Run a command, showing what it said only when it fails; say if it worked."""
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
        print("\n".join(done.stdout.splitlines()[-3:]))
    return done.returncode == 0


if __name__ == "__main__":
    found = find_chromium()
    if not found and "--install" in sys.argv:
        install()
        found = find_chromium()
    print(found or "no Chromium")
    sys.exit(0 if found else 1)
