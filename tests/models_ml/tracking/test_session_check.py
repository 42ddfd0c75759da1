from models_ml.tracking.session_check import odd_videos, videos_of_another_size
from models_ml.tracking.video_facts import VideoFacts


def facts(*, width=640, n_frames=300, rate_hz=25.0):
    return VideoFacts(
        width=width, height=480, n_frames=n_frames, rate_hz=rate_hz, codec="h264"
    )


def test_each_unusual_video_has_a_message():
    session = {
        "a-1.mp4": facts(),
        "a-2.mp4": facts(n_frames=299),
        "a-3.mp4": facts(rate_hz=29.97),
        "a-4.mp4": facts(),
    }

    assert odd_videos(session) == [
        "a-2.mp4 has 299 frames, most videos have 300 frames.",
        "a-3.mp4 has 29.97 frames a second, most videos have 25 frames a second.",
    ]


def test_videos_of_another_size_are_left_out():
    session = {"a-1.mp4": facts(), "a-2.mp4": facts(), "a-3.mp4": facts(width=320)}

    assert videos_of_another_size(session) == {
        "a-3.mp4": "a-3.mp4 is left out: its frames have 320x480 px, "
        "those of most videos 640x480 px."
    }


def test_without_videos_none_is_unusual():
    assert odd_videos({}) == []
    assert videos_of_another_size({}) == {}
