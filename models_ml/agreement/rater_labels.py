"""Labels of several raters on the same frames, and which frames can be compared.

A rater is any source of labels: an annotator, an annotator's second pass, a consensus
or a model version.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.arrays import (
    NOT_TOUCH,
    TOUCH,
    UNLABELLED,
    UNSURE,
    Int64s,
    LabelValues,
    Mask,
)
from models_ml.trial_lengths import TrialLengths, checked_lengths, first_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterLabels:
    """Labels of raters on the same frames, checked; made by `rater_labels`.

    Parameters
    ----------
    labels : array of int8, shape (n_raters, n_frames)
        -1 not labelled, 0 not touch, 1 touch, 2 unsure; trials one after the other.
    trial_lengths : array of int64, shape (n_trials,)
        Frames in each trial.
    trials : array of int64, shape (n_frames,)
        Position of each frame's trial.
    assigned : array of bool, shape (n_frames,)
        Frames of clips that were assigned for labelling.
    in_range : array of bool, shape (n_frames,)
        Frames with the pole in reach of the whiskers.
    """

    labels: LabelValues
    trial_lengths: Int64s
    trials: Int64s
    assigned: Mask
    in_range: Mask

    @property
    def n_raters(self) -> int:
        """Number of raters."""
        return len(self.labels)

    @property
    def counted(self) -> Mask:
        """Mask of the frames that count where they are labelled."""
        counted: Mask = self.assigned & self.in_range
        return counted

    @property
    def known(self) -> Mask:
        """Mask, by rater, of frames that count and are labelled touch or not touch."""
        known: Mask = is_known(self.labels) & self.counted
        return known

    def known_by(self, rater: int) -> Mask:
        """Return the frames that count and that one rater labels touch or not touch.

        Parameters
        ----------
        rater : int
            Position of the rater.

        Returns
        -------
        known : array of bool, shape (n_frames,)
            True where both conditions hold.
        """
        known: Mask = is_known(self.labels[rater]) & self.counted
        return known

    def count_by_trial(self, mask: Mask) -> Int64s:
        """Count the frames of a mask in each trial.

        Parameters
        ----------
        mask : array of bool, shape (n_frames,)
            Frames to count.

        Returns
        -------
        counts : array of int64, shape (n_trials,)
            One count per trial.
        """
        if not len(self.trial_lengths):
            return np.zeros(0, np.int64)
        firsts = first_frames(self.trial_lengths)
        counts: Int64s = np.add.reduceat(mask, firsts, dtype=np.int64)
        return counts

    def exclusions(self) -> list["Exclusions"]:
        """Count, for each rater, the frames that do not count, by reason.

        Returns
        -------
        exclusions : list of Exclusions
            One for each rater, in order.
        """
        counted = self.counted
        n_out_of_reach = int((self.assigned & ~self.in_range).sum())
        return [
            Exclusions(
                n_frames=int(self.assigned.sum()),
                n_out_of_reach=n_out_of_reach,
                n_not_labelled=int((counted & (of_one == UNLABELLED)).sum()),
                n_unsure=int((counted & (of_one == UNSURE)).sum()),
            )
            for of_one in self.labels
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """The frames of one rater that do not count, by reason.

    Parameters
    ----------
    n_frames : int
        Frames of clips that were assigned for labelling.
    n_out_of_reach : int
        Those of them with the pole out of reach, labelled or not.
    n_not_labelled, n_unsure : int
        Of the frames with the pole in reach.
    """

    n_frames: int
    n_out_of_reach: int
    n_not_labelled: int
    n_unsure: int

    @property
    def n_counted(self) -> int:
        """Number of frames that count."""
        excluded = self.n_out_of_reach + self.n_not_labelled + self.n_unsure
        return self.n_frames - excluded


def is_known(labels: LabelValues) -> Mask:
    """Return which labels are touch or not touch.

    Parameters
    ----------
    labels : array of int8
        -1 not labelled, 0 not touch, 1 touch, 2 unsure.

    Returns
    -------
    known : array of bool, same shape
        True for 0 and 1.
    """
    # Of the four labels, only 0 and 1 have no second bit. One operation on a million
    # frames is faster than two comparisons.
    known: Mask = (labels & ~np.int8(TOUCH)) == NOT_TOUCH
    return known


def rater_labels(
    labels: npt.ArrayLike,
    trial_lengths: TrialLengths,
    *,
    assigned: Mask | None = None,
    in_range: Mask | None = None,
) -> RaterLabels:
    """Check the labels of raters on the same frames.

    Parameters
    ----------
    labels : array of int, shape (n_raters, n_frames)
        -1 not labelled, 0 not touch, 1 touch, 2 unsure; trials one after the other.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.
    assigned : array of bool, shape (n_frames,), optional
        Frames of clips that were assigned for labelling; all by default. Others never
        count.
    in_range : array of bool, shape (n_frames,), optional
        Frames with the pole in reach; all by default. Others never count.

    Returns
    -------
    checked : RaterLabels
        The same labels.

    Raises
    ------
    ValueError
        If a label is not one of the four, the shapes disagree, or a trial is empty.

    Examples
    --------
    >>> raters = rater_labels([[0, 1, 2], [0, 1, 1]], [3])
    >>> raters.exclusions()[0].n_unsure
    1
    """
    values = np.asarray(labels)
    is_known = values.dtype.kind in "iu" and bool(
        ((values >= UNLABELLED) & (values <= UNSURE)).all()
    )
    if values.ndim != 2 or (values.size and not is_known):
        raise ValueError(
            "Expected a row of labels for each rater, each -1, 0, 1 or 2; "
            f"got {values.dtype} of shape {values.shape}."
        )
    n_frames = values.shape[1]
    lengths = checked_lengths(trial_lengths, n_frames)
    return RaterLabels(
        labels=values.astype(np.int8, copy=False),
        trial_lengths=lengths,
        trials=np.repeat(np.arange(len(lengths)), lengths),
        assigned=_mask("assigned", assigned, n_frames),
        in_range=_mask("in_range", in_range, n_frames),
    )


def _mask(name: str, mask: Mask | None, n_frames: int) -> Mask:
    if mask is None:
        return np.ones(n_frames, np.bool_)
    if mask.dtype != np.bool_ or mask.shape != (n_frames,):
        raise ValueError(
            f"Expected {n_frames} booleans as `{name}`; "
            f"got {mask.dtype} of shape {mask.shape}."
        )
    return mask
