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
        "Expected 300 frames as in most videos; a-2.mp4 has 299 frames.",
        "Expected 25 frames a second as in most videos; a-3.mp4 has 29.97 frames a "
        "second.",
    ]


def test_videos_of_another_size_are_left_out():
    session = {"a-1.mp4": facts(), "a-2.mp4": facts(), "a-3.mp4": facts(width=320)}

    assert videos_of_another_size(session) == {
        "a-3.mp4": "Expected frames of 640x480 px as in most videos; a-3.mp4 has "
        "320x480, so it is left out."
    }


def test_without_videos_none_is_unusual():
    assert odd_videos({}) == []
    assert videos_of_another_size({}) == {}
