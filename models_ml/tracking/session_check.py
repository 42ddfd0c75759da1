"""Unusual videos of a session, found before hours of tracking."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from models_ml.tracking.video_facts import VideoFacts

Value = TypeVar("Value", bound=Hashable)


def odd_videos(facts: Mapping[str, VideoFacts]) -> list[str]:
    """Return a sentence for each video that differs from most of its session.

    Parameters
    ----------
    facts : mapping of str to VideoFacts
        Facts about each video, by file name.

    Returns
    -------
    sentences : list of str
        On frame counts and rates. Such videos are tracked nevertheless.
    """
    return [
        *_differing(facts, lambda video: video.n_frames, "{} frames"),
        *_differing(facts, lambda video: video.rate_hz, "{:g} frames a second"),
    ]


def videos_of_another_size(facts: Mapping[str, VideoFacts]) -> dict[str, str]:
    """Return the videos whose frame size differs from most of their session.

    Parameters
    ----------
    facts : mapping of str to VideoFacts
        Facts about each video, by file name.

    Returns
    -------
    sentences : dict of str to str
        By file name. These videos are not trials of the session, because the template
        does not match at another scale.
    """
    if not facts:
        return {}
    usual = most_common([(video.width, video.height) for video in facts.values()])
    return {
        name: f"{name} is left out: its frames have {video.width}x{video.height} px, "
        f"those of most videos {usual[0]}x{usual[1]} px."
        for name, video in facts.items()
        if (video.width, video.height) != usual
    }


def most_common(values: list[Value]) -> Value:
    """Return the most frequent value; of equally frequent ones, the first.

    Parameters
    ----------
    values : list
        At least one.

    Returns
    -------
    value
        One of them.
    """
    return Counter(values).most_common(1)[0][0]


def _differing(
    facts: Mapping[str, VideoFacts],
    measure: Callable[[VideoFacts], float],
    words: str,
) -> list[str]:
    if not facts:
        return []
    usual = most_common([measure(video) for video in facts.values()])
    return [
        f"{name} has {words.format(measure(video))}, most videos have "
        f"{words.format(usual)}."
        for name, video in facts.items()
        if measure(video) != usual
    ]
