"""The running product with long clips, and a browser with a logged-in annotator."""

import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.launched import Launched

ROOT = Path(__file__).resolve().parents[2]
PROBE = (Path(__file__).parent / "ui_probe.js").read_text()
LONG_FRAMES = 4_000
LONG_CLIPS = 12
SHORT_FRAMES = 400
SHORT_CLIPS = 50
NOISE_GREYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """The running product, and the browser context of a logged-in annotator."""

    url: str
    context: BrowserContext

    def subset_page(self, name: str) -> Page:
        """Open the page of a subset in a new tab."""
        page = self.context.new_page()
        page.add_init_script(PROBE)
        page.goto(f"{self.url}/subsets/")
        page.get_by_role("link", name=name).click()
        page.get_by_role("link", name="Label the next clip").wait_for()
        return page

    def clip_url(self, name: str) -> str:
        """Return the address of the next clip of a subset."""
        page = self.subset_page(name)
        link = page.get_by_role("link", name="Label the next clip")
        path = link.get_attribute("href")
        page.close()
        return f"{self.url}{path}"

    def label_page(self, name: str) -> Page:
        """Open the next clip of a subset in a new tab, and wait for all its frames."""
        page = self.subset_page(name)
        page.get_by_role("link", name="Label the next clip").click()
        page.locator("label-page[data-state=ready]").wait_for()
        page.evaluate("probe.allArrived()")
        return page


@contextlib.contextmanager
def lab() -> Iterator[Lab]:
    """Start the product and a browser; stop both."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        product = Launched(Path(folder) / "run" / "var")
        product.start()
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--disable-dev-shm-usage", "--js-flags=--expose-gc"],
        )
        try:
            password = seed(product.var)
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            log_in(context, product.url, password)
            yield Lab(url=product.url, context=context)
        finally:
            browser.close()
            product.stop()


def chromium() -> str:
    """Return the path of the browser that the tests use."""
    file = ROOT / "tests" / "browser" / "find_chromium.py"
    spec = importlib.util.spec_from_file_location("find_chromium", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.find_chromium()


def log_in(context: BrowserContext, url: str, password: str) -> None:
    """Log the annotator in."""
    page = context.new_page()
    page.goto(f"{url}/login/")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda there: "/login/" not in there)
    page.close()


def seed(var: Path) -> str:
    """Create the clips in a process with Django; return the password of alice."""
    script = "import tests.bench._ui_lab as lab; print(lab.make_clips())"
    made = subprocess.run(
        [sys.executable, "-c", script],
        env={"WHACC_VAR": str(var), "PYTHONPATH": str(ROOT), "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.strip()


def make_clips() -> str:
    """Import two sessions, assign their trials to alice, and return her password."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "whacc_web.settings"
    import django

    django.setup()
    from labeling.domain.assignments.labelling import assign_subset
    from labeling.domain.recordings.session_files import data_root
    from labeling.domain.recordings.sessions import import_session
    from models_ml.session_files.writer import write_session_file
    from tests.factories import PASSWORD, make_subset, make_user

    alice = make_user()
    data_root().mkdir(parents=True, exist_ok=True)
    shapes = {"long": (LONG_CLIPS, LONG_FRAMES), "short": (SHORT_CLIPS, SHORT_FRAMES)}
    for name, (n_trials, n_frames) in shapes.items():
        write_session_file(
            data_root() / f"{name}.h5",
            trials=[(n, f"{n}.mp4") for n in range(1, n_trials + 1)],
            frames=(recording(n, n_frames) for n in range(n_trials)),
        )
        session = import_session(user=None, file=f"{name}.h5")
        subset = make_subset(session, start=0, stop=n_frames, name=name)
        assign_subset(user=None, subset=subset, annotators=[alice])
    return PASSWORD


def recording(seed_number: int, n_frames: int) -> np.ndarray:
    """Return frames of a dark bar that moves over a shaded scene, with sensor noise."""
    rng = np.random.default_rng(seed_number)
    y, x = np.mgrid[:61, :61]
    bar_x = 30 + 12 * np.sin(np.arange(n_frames) / 9)[:, None, None]
    bar = 70 * np.exp(-(((x - bar_x - (y - 30) / 3) / 1.5) ** 2))
    scene = 90 + x + y - bar
    noisy = scene + rng.normal(0, NOISE_GREYS, scene.shape)
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8)
