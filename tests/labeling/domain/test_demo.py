"""The demo: accounts, scored sessions, a subset, and labels to train on."""

import pytest

from labeling.domain.demo import CLIP_FRAMES, CLIPS, REAL_RECORDING, seed_demo
from labeling.domain.labels.progress import progress_by
from labeling.domain.labels.sources import MAJORITY, source_labels_in_range
from labeling.errors import LabelingError
from labeling.models import Assignment, Session, Subset, User
from models_ml.touches.detection import touches_from_mask

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def demo(tmp_path, settings):
    settings.WHACC_DATA_ROOT = tmp_path / "data"
    settings.WHACC_DEMO_LOGINS = tmp_path / "logins.txt"
    return seed_demo()


def test_the_demo_can_be_labelled_and_trained_on(demo, client, settings):
    subset = Subset.objects.get(name="First look")
    progress = {
        User.objects.get(pk=pk).username: (each.labelled, each.total)
        for pk, each in progress_by("annotator", Assignment.objects.all()).items()
    }
    frames = CLIPS * CLIP_FRAMES

    assert [(each.username, each.role) for each in demo] == [
        ("admin", "admin"), ("ada", "annotator"), ("ben", "annotator"),
        ("cleo", "annotator"), ("hireslab", "annotator"),
    ]  # fmt: skip
    assert all(
        client.login(username=each.username, password=each.password) for each in demo
    )
    assert settings.WHACC_DEMO_LOGINS.stat().st_mode & 0o777 == 0o600
    assert Session.objects.exclude(published_version=None).count() == 3
    assert subset.clips.count() == CLIPS
    assert progress == {
        "ada": (0, frames),
        "ben": (0, frames),
        "cleo": (frames, frames),
        "hireslab": (2260, 2260),
    }
    assert subset.clips.filter(trial__session__name="hireslab").exists()
    # An annotator begins with a real whisker.
    first = Assignment.objects.filter(annotator__username="ada").order_by("pk")[0]
    assert first.clip.trial.session.name == "hireslab"
    with pytest.raises(LabelingError, match="already has accounts"):
        seed_demo()


def test_the_real_recording_of_the_demo_is_small_and_has_its_licence():
    folder = REAL_RECORDING.parent

    assert REAL_RECORDING.stat().st_size < 6e6
    assert "MIT" in (folder / "README.md").read_text()
    assert "Permission is hereby granted" in (folder / "LICENSE.txt").read_text()


def test_the_labels_of_the_real_recording_are_those_of_the_lab(demo):
    subset = Subset.objects.get(name="hireslab, labels of hireslab")

    consensus = source_labels_in_range(MAJORITY, [subset])

    values = [each.values for each in consensus]
    assert sum(map(len, values)) == 2260
    assert sum(len(touches_from_mask(each == 1, [len(each)])) for each in values) == 31
    assert {each.trial.role for each in consensus} >= {"train", "held_out"}
