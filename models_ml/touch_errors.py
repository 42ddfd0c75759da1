"""Touch errors: where predicted touches differ from real ones, as people count them.

Frames are compared trial by trial. Each maximal run of false-positive frames and each
maximal run of false-negative frames is one error; its two neighbouring frames tell
its kind. Frames beyond the ends of a trial count as agreed no-touch, and touches are
counted in each trial by itself.

=======  ===============  ========================================================
kind     run of           neighbours
=======  ===============  ========================================================
ghost    false positives  no true touch frame, at least one agreed no-touch
append   false positives  one true touch frame, one agreed no-touch
join     false positives  no agreed no-touch
miss     false negatives  no true touch frame
deduct   false negatives  one true touch frame
split    false negatives  two true touch frames
=======  ===============  ========================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

KINDS = ("ghost", "miss", "join", "split", "append", "deduct")
GHOST, MISS, JOIN, SPLIT, APPEND, DEDUCT = range(6)

# Agreement of one frame: real + 2 * predicted.
_NO_TOUCH, _FALSE_NEGATIVE, _FALSE_POSITIVE, _TOUCH = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchErrors:
    """The touch errors of a set of trials.

    Parameters
    ----------
    intervals : array of int64, shape (n_errors, 2)
        Half-open frame intervals of the errors, in frame order, counted over the
        trials one after the other.
    kinds : array of int8, shape (n_errors,)
        Position in `KINDS` of each error's kind.
    n_touches : int
        Number of real touches.
    """

    intervals: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int8]
    n_touches: int

    @property
    def ghost(self) -> npt.NDArray[np.int64]:
        """Lengths in frames of the predicted touches that are none."""
        return self._lengths(GHOST)

    @property
    def miss(self) -> npt.NDArray[np.int64]:
        """Lengths in frames of the real touches that no prediction meets."""
        return self._lengths(MISS)

    @property
    def join(self) -> npt.NDArray[np.int64]:
        """Lengths in frames of the gaps between touches that were filled."""
        return self._lengths(JOIN)

    @property
    def split(self) -> npt.NDArray[np.int64]:
        """Lengths in frames of the gaps within touches."""
        return self._lengths(SPLIT)

    @property
    def append(self) -> npt.NDArray[np.int64]:
        """Lengths in frames by which touches were extended at one end."""
        return self._lengths(APPEND)

    @property
    def deduct(self) -> npt.NDArray[np.int64]:
        """Lengths in frames by which touches were shortened at one end."""
        return self._lengths(DEDUCT)

    def counts(self, edge_threshold: int = 5) -> dict[str, int]:
        """Return the number of errors of each kind.

        Parameters
        ----------
        edge_threshold : int
            Appends and deducts of at least this many frames are counted as long.

        Returns
        -------
        counts : dict of str to int
            Keys ``ghost``, ``miss``, ``join``, ``split``, ``long_append``,
            ``long_deduct``, ``short_append``, ``short_deduct``, in this order.
        """
        return {
            "ghost": len(self.ghost),
            "miss": len(self.miss),
            "join": len(self.join),
            "split": len(self.split),
            "long_append": int((self.append >= edge_threshold).sum()),
            "long_deduct": int((self.deduct >= edge_threshold).sum()),
            "short_append": int((self.append < edge_threshold).sum()),
            "short_deduct": int((self.deduct < edge_threshold).sum()),
        }

    def touch_count_errors_per_touch(self, edge_threshold: int = 5) -> float | None:
        """Return how many errors that change a count of touches each touch has.

        Parameters
        ----------
        edge_threshold : int
            Appends and deducts of at least this many frames count too.

        Returns
        -------
        rate : float or None
            Ghosts, misses, joins, splits and long edge errors for each real touch;
            None when there is no real touch.

        Notes
        -----
        WhACC's TC-error (paper, figure 4), with errors at the ends of a trial judged
        by their neighbours.
        """
        counts = self.counts(edge_threshold)
        return self._per_touch(sum(list(counts.values())[:6]))

    def edge_errors_per_touch(self, edge_threshold: int = 5) -> float | None:
        """Return how many short edge errors each touch has.

        Parameters
        ----------
        edge_threshold : int
            Only appends and deducts of fewer frames than this count.

        Returns
        -------
        rate : float or None
            Short appends and deducts for each real touch; None when there is no
            real touch.
        """
        counts = self.counts(edge_threshold)
        return self._per_touch(counts["short_append"] + counts["short_deduct"])

    def _per_touch(self, n_errors: int) -> float | None:
        return n_errors / self.n_touches if self.n_touches else None

    def _lengths(self, kind: int) -> npt.NDArray[np.int64]:
        onsets, offsets = self.intervals[self.kinds == kind].T
        lengths: npt.NDArray[np.int64] = offsets - onsets
        return lengths


def touch_errors(
    real: npt.NDArray[np.bool_],
    predicted: npt.NDArray[np.bool_],
    n_frames_per_trial: Sequence[int] | npt.NDArray[np.int64],
) -> TouchErrors:
    """Return the touch errors of predicted touch frames.

    Parameters
    ----------
    real : array of bool, shape (n_frames,)
        True on real touch frames, trials one after the other.
    predicted : array of bool, shape (n_frames,)
        True on predicted touch frames, in the same order.
    n_frames_per_trial : sequence of int
        Length of each trial; they add up to `n_frames`.

    Returns
    -------
    errors : TouchErrors
        Every error once, in frame order.

    Raises
    ------
    ValueError
        If the masks are not boolean or the lengths disagree.

    Examples
    --------
    >>> real = np.array([0, 1, 1, 1, 0, 0], bool)
    >>> predicted = np.array([0, 0, 1, 1, 0, 1], bool)
    >>> errors = touch_errors(real, predicted, [6])
    >>> [(KINDS[k], i.tolist()) for k, i in zip(errors.kinds, errors.intervals)]
    [('deduct', [1, 2]), ('ghost', [5, 6])]
    """
    lengths = np.asarray(n_frames_per_trial, np.int64)
    _check_masks(real, predicted, lengths)
    # One agreed no-touch frame before, between and after the trials keeps runs and
    # touches apart and is what lies beyond a trial's ends.
    place = np.arange(len(real)) + 1 + np.repeat(np.arange(len(lengths)), lengths)
    agreement = np.zeros(len(real) + len(lengths) + 1, np.int8)
    agreement[place] = real + 2 * predicted.astype(np.int8)

    starts = np.flatnonzero(np.diff(agreement, prepend=_NO_TOUCH))
    stops = np.append(starts, len(agreement))[1:]
    is_error = np.isin(agreement[starts], (_FALSE_NEGATIVE, _FALSE_POSITIVE))
    starts, stops = starts[is_error], stops[is_error]

    frame_of_place = np.zeros(len(agreement), np.int64)
    frame_of_place[place] = np.arange(len(real))
    firsts = frame_of_place[starts]
    is_real = (agreement & _FALSE_NEGATIVE) > 0
    return TouchErrors(
        intervals=np.stack([firsts, firsts + stops - starts], axis=1),
        kinds=_kinds(agreement[starts], agreement[starts - 1], agreement[stops]),
        n_touches=int((is_real[1:] & ~is_real[:-1]).sum()),
    )


def _kinds(
    run: npt.NDArray[np.int8],
    before: npt.NDArray[np.int8],
    after: npt.NDArray[np.int8],
) -> npt.NDArray[np.int8]:
    """Return the kind of each run from its own and its neighbours' agreement."""
    n_touch = (before == _TOUCH).astype(np.int8) + (after == _TOUCH)
    n_no_touch = (before == _NO_TOUCH).astype(np.int8) + (after == _NO_TOUCH)
    positive = np.where(n_no_touch == 0, JOIN, np.where(n_touch == 1, APPEND, GHOST))
    negative = np.choose(n_touch, (MISS, DEDUCT, SPLIT))
    return np.where(run == _FALSE_POSITIVE, positive, negative).astype(np.int8)


def _check_masks(
    real: npt.NDArray[np.bool_],
    predicted: npt.NDArray[np.bool_],
    lengths: npt.NDArray[np.int64],
) -> None:
    for name, mask in (("real", real), ("predicted", predicted)):
        if mask.dtype != np.bool_ or mask.ndim != 1:
            raise ValueError(
                f"Expected one boolean per frame as {name} touch frames; "
                f"got {mask.dtype} of shape {mask.shape}."
            )
    if not len(real) == len(predicted) == lengths.sum() or (lengths < 0).any():
        raise ValueError(
            f"Expected masks as long as the trials together ({lengths.sum()} frames); "
            f"got {len(real)} real and {len(predicted)} predicted frames."
        )
