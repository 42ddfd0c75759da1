"""Trials from the names of videos: natural order and trial numbers."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models_ml.tracking.exceptions import TrialNamesError
from models_ml.tracking.video_facts import VIDEO_SUFFIXES

_DIGITS = re.compile(r"\d+")
_NAMED_IN_A_SENTENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialVideo:
    """A video and its trial number.

    Attributes
    ----------
    number : int
        Trial number, unique in the session.
    path : Path
        The video.
    """

    number: int
    path: Path


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Return a sorting key by which 9 comes before 12.

    Parameters
    ----------
    name : str
        A file name.

    Returns
    -------
    key : tuple of (int, str)
        Numbers compare as numbers and come before letters.
    """
    return tuple(
        (int(piece), "") if piece.isdecimal() else (10**30, piece)
        for piece in re.findall(r"\d+|\D+", name)
    )


def trial_number(name: str) -> int | None:
    """Return the trial number in a video's name.

    Parameters
    ----------
    name : str
        Such as ``AH0407x160609-144.mp4``.

    Returns
    -------
    number : int or None
        The last digits before the suffix, as in WhACC where WhACC can read them; None
        without digits.
    """
    digits = _DIGITS.findall(Path(name).stem)
    return int(digits[-1]) if digits and len(digits[-1]) <= 9 else None


def session_name(name: str) -> str:
    """Return the part of a video's name that all videos of its session share.

    Parameters
    ----------
    name : str
        Name of the session's first video.

    Returns
    -------
    name : str
        The name without trial number and separator: WhACC's base name where WhACC can
        read one.
    """
    stem = Path(name).stem
    digits = list(_DIGITS.finditer(stem))
    base = stem[: digits[-1].start()] if digits else stem
    return base.rstrip("-_ .") or stem


def videos_in(folder: Path) -> list[Path]:
    """Return the videos directly in a folder, in natural order.

    Parameters
    ----------
    folder : Path
        The folder; its subfolders are not searched.

    Returns
    -------
    paths : list of Path
        Files with the suffix of a video, without hidden ones.
    """
    return sorted(
        (path for path in folder.iterdir() if is_video_name(path.name)),
        key=lambda path: natural_key(path.name),
    )


def is_video_name(name: str) -> bool:
    """Return whether a file name is that of a video.

    Parameters
    ----------
    name : str
        Without folders.

    Returns
    -------
    is_video : bool
        It has the suffix of a video and is not hidden.
    """
    return name.lower().endswith(VIDEO_SUFFIXES) and not name.startswith(".")


def trials_of(
    paths: Iterable[Path],
    *,
    numbers: Mapping[str, int],
    left_out: Collection[str] = (),
) -> list[TrialVideo]:
    """Assign a trial number to each video.

    Parameters
    ----------
    paths : iterable of Path
        The videos, in the session's order.
    numbers : mapping of str to int
        Trial numbers, by file name, that replace those in the names.
    left_out : collection of str
        File names of videos that are not trials of the session.

    Returns
    -------
    trials : list of TrialVideo
        In the same order.

    Raises
    ------
    TrialNamesError
        If there is no video, a video has no number, two have the same number, or a name
        in the arguments is not the name of a video.
    """
    paths = list(paths)
    unknown = ({*numbers, *left_out}) - {path.name for path in paths}
    if unknown:
        raise TrialNamesError(
            f"{_some(sorted(unknown))} {'are' if len(unknown) > 1 else 'is'} not among "
            f"the {len(paths)} videos of the folder. Check the spelling."
        )
    included = [path for path in paths if path.name not in left_out]
    if not included:
        raise TrialNamesError(
            f"The folder has no videos to track ({', '.join(VIDEO_SUFFIXES)}). Choose "
            "another folder."
        )
    found = {path: numbers.get(path.name, trial_number(path.name)) for path in included}
    trials = [
        TrialVideo(number=number, path=path)
        for path, number in found.items()
        if number is not None
    ]
    _check_numbers([path.name for path in included if found[path] is None], trials)
    return trials


def _check_numbers(unnumbered: list[str], trials: list[TrialVideo]) -> None:
    if unnumbered:
        raise TrialNamesError(
            f"{_some(unnumbered)} {'have' if len(unnumbered) > 1 else 'has'} no trial "
            "number of at most nine digits in the name. Enter a number, or leave it "
            "out."
        )
    times = Counter(trial.number for trial in trials)
    repeated = sorted(number for number, n_times in times.items() if n_times > 1)
    if repeated:
        names = [trial.path.name for trial in trials if trial.number == repeated[0]]
        raise TrialNamesError(
            f"{_some(names)} have the same trial number {repeated[0]}"
            f"{_and_more(len(repeated) - 1)}. Enter another number for one of them, or "
            "leave it out."
        )


def _some(names: list[str]) -> str:
    """Return the first names and the number of the others."""
    shown = ", ".join(names[:_NAMED_IN_A_SENTENCE])
    more = len(names) - _NAMED_IN_A_SENTENCE
    return f"{shown} and {more} more" if more > 0 else shown


def _and_more(n_numbers: int) -> str:
    return f" (and {n_numbers} more numbers occur twice)" if n_numbers else ""
