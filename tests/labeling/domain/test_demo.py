"""The demo: accounts, scored sessions, a subset, and labels to train on."""

import pytest

from labeling.domain.demo import CLIP_FRAMES, CLIPS, seed_demo
from labeling.domain.labels.progress import progress_by
from labeling.errors import LabelingError
from labeling.models import Assignment, Session, Subset, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def demo(tmp_path, settings):
    settings.WHACC_DATA_ROOT = tmp_path / "data"
    settings.WHACC_DEMO_LOGINS = tmp_path / "logins.txt"
    return seed_demo()


def test_the_demo_can_be_labelled_and_trained_on(demo, client, settings):
    subset = Subset.objects.get()
    progress = {
        User.objects.get(pk=pk).username: (each.labelled, each.total)
        for pk, each in progress_by("annotator", Assignment.objects.all()).items()
    }
    frames = CLIPS * CLIP_FRAMES

    assert [(each.username, each.role) for each in demo] == [
        ("admin", "admin"), ("ada", "annotator"), ("ben", "annotator"),
        ("cleo", "annotator"),
    ]  # fmt: skip
    assert all(
        client.login(username=each.username, password=each.password) for each in demo
    )
    assert settings.WHACC_DEMO_LOGINS.stat().st_mode & 0o777 == 0o600
    assert Session.objects.exclude(published_version=None).count() == 2
    assert subset.clips.count() == CLIPS
    assert progress == {
        "ada": (0, frames),
        "ben": (0, frames),
        "cleo": (frames, frames),
    }
    with pytest.raises(LabelingError, match="already has accounts"):
        seed_demo()
