import io

import numpy as np
import pytest
from PIL import Image

from models_ml.tracking.exceptions import TemplateError, VideoError
from models_ml.tracking.previews import (
    TemplateSource,
    facts_of,
    frame_png,
    grey_frame,
    samples,
    template_at,
)
from models_ml.tracking.videos import decoded_frames
from tests.factories_videos import spots, write_video


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "m-1.mp4", spots(12)[0])


def place(video, **options):
    standard = {"frame": 0, "x": 25, "y": 35, "template_px": 15, "crop_px": 9}
    return TemplateSource(path=video, **{**standard, **options})


def picture(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_each_video_has_facts_or_a_message(video, tmp_path):
    (tmp_path / "m-2.mp4").write_bytes(b"no video")

    facts, sentence = facts_of([video, tmp_path / "m-2.mp4"])

    assert (facts.width, facts.height, facts.n_frames) == (128, 96, 12)
    assert "m-2.mp4 is not a video" in sentence


@pytest.mark.parametrize(("requested", "index"), [(3, 3), (None, 6)])
def test_a_preview_is_the_decoded_frame(video, requested, index):
    expected = list(decoded_frames(video))[index].grey

    assert np.array_equal(picture(frame_png(video, requested)), expected)


def test_a_missing_frame_is_refused(video):
    with pytest.raises(VideoError, match="Frame 12 of m-1"):
        grey_frame(video, 12)


def test_a_template_beyond_the_frame_is_refused(video):
    with pytest.raises(TemplateError, match="extends beyond the frame of 128x96 px"):
        template_at(place(video, x=3))


def test_a_sample_shows_the_pole_in_the_middle_of_each_crop(video):
    (sample,) = samples(place(video), [video])

    crops = picture(sample.png)
    assert crops.shape == (9, 10 * 9 + 9 * 2)
    # The spot is 11 px wide and bright: it fills each crop.
    assert [int(crops[4, 4 + 11 * number] > 200) for number in range(10)] == [1] * 10
    assert sample.score_min > 0.9
