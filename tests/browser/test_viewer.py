"""What the labelling page shows is what lies in the file, and keys draw it at once."""

import hashlib
import shutil
from pathlib import Path

import h5py
import pytest
from django.urls import reverse

from labeling.domain.assignments import assign_subset, assignments_for
from labeling.domain.sessions import import_session
from tests.factories import PASSWORD, make_subset, make_user

REAL_SESSION = Path(__file__).parents[1] / "data" / "whacc_session_small.h5"

pytestmark = pytest.mark.django_db(transaction=True)

# The SHA-256 of every pixel that the page has decoded.
PIXELS_DIGEST = """async () => {
  const { arriving } = document.querySelector("label-page").clip.sheets;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", arriving.pixels));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""


@pytest.fixture
def assignment(tmp_path, settings):
    """Alice's first clip: frames [5, 35) of a real session."""
    settings.WHACC_DATA_ROOT = tmp_path
    shutil.copy(REAL_SESSION, tmp_path / "real.h5")
    subset = make_subset(import_session(user=None, file="real.h5"), start=5, stop=35)
    alice = make_user()
    assign_subset(user=None, subset=subset, annotators=[alice])
    return assignments_for(alice).first()


@pytest.fixture
def label_page(page, live_server, assignment):
    """The labelling page of alice's first clip, ready."""
    page.goto(f"{live_server.url}{reverse('login')}")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}{reverse('subset-list')}")
    path = reverse("assignment-detail", args=[assignment.pk])
    page.goto(f"{live_server.url}{path}")
    label_page = page.locator("label-page[data-state=ready]")
    label_page.wait_for()
    return label_page


def test_the_page_decodes_the_frames_of_the_file_bit_by_bit(page, label_page, tmp_path):
    with h5py.File(tmp_path / "real.h5", locking=False) as file:
        pixels = file["images"][0:40, :, :, 2].tobytes()

    page.evaluate("document.querySelector('label-page').media.whole")

    assert page.evaluate(PIXELS_DIGEST) == hashlib.sha256(pixels).hexdigest()
