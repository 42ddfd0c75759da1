"""One rater compared with a reference, period by period, to show drift.

A frame belongs to the period in which its label was made. The caller numbers the
periods, for example weeks.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.agreement.rater_labels import RaterLabels, is_known, rater_labels
from models_ml.agreement.resampling import Estimate, Resampling
from models_ml.agreement.statistics import PairAgreement, pair_agreement, pair_table
from models_ml.agreement.touch_comparison import compare_touches
from models_ml.agreement.touch_shifts import Shifts, onset_and_offset_shifts
from models_ml.arrays import UNLABELLED, Int64s, LabelValues, Mask

NO_PERIOD = -1
REFERENCE, JUDGED = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodContrast:
    """One rater compared with a reference, on the frames labelled in one period.

    Parameters
    ----------
    frames : PairAgreement
        Agreement on frames.
    rates : dict of str to Estimate
        Touch errors per touch of the reference; see `TouchComparison.rates`.
    onsets, offsets : Shifts
        How much later the rater's onsets and offsets are, in ms.
    """

    frames: PairAgreement
    rates: dict[str, Estimate]
    onsets: Shifts
    offsets: Shifts


def contrasts_by_period(
    raters: RaterLabels,
    judged: LabelValues,
    periods: npt.NDArray[np.int32],
    frame_ms: npt.NDArray[np.float64],
    *,
    reference: LabelValues,
    intervals: bool = True,
) -> dict[int, PeriodContrast]:
    """Compare one rater with a reference, period by period.

    Parameters
    ----------
    raters : RaterLabels
        The trials, and which frames count; its labels are not used.
    judged : array of int8, shape (n_frames,)
        Labels of the rater: -1 not labelled, 0 not touch, 1 touch, 2 unsure.
    periods : array of int32, shape (n_frames,)
        The period in which each of these labels was made; -1 for none.
    frame_ms : array of float64, shape (n_trials,)
        Duration of one frame of each trial, in ms.
    reference : array of int8, shape (n_frames,)
        Labels of the reference, whose touches count as true.
    intervals : bool
        Whether to compute intervals by resampling the trials of each period.

    Returns
    -------
    contrasts : dict of int to PeriodContrast
        By period, in order. Periods without a frame that both label are missing.

    Examples
    --------
    >>> raters = rater_labels(np.zeros((0, 4)), [4])
    >>> found = contrasts_by_period(
    ...     raters,
    ...     np.int8([0, 1, 1, 0]),
    ...     np.int32([7, 7, 8, 8]),
    ...     np.ones(1),
    ...     reference=np.int8([0, 1, 0, 0]),
    ... )
    >>> {period: each.frames.percent.value for period, each in found.items()}
    {7: 1.0, 8: 0.5}
    """
    both = (
        is_known(judged) & is_known(reference) & raters.counted & (periods > NO_PERIOD)
    )
    rows = np.stack([reference, judged])
    return {
        period: _contrast(raters, rows, periods == period, frame_ms, intervals)
        for period in np.unique(periods[both]).tolist()
    }


def _contrast(
    raters: RaterLabels,
    rows: LabelValues,
    in_period: Mask,
    frame_ms: npt.NDArray[np.float64],
    intervals: bool,
) -> PeriodContrast:
    """Compare the two rows of labels, in the trials with frames of the period."""
    used = raters.count_by_trial(in_period) > 0
    here = used[raters.trials]
    labels = rows[:, here].copy()
    labels[JUDGED, ~in_period[here]] = UNLABELLED
    lengths: Int64s = raters.trial_lengths[used]
    pair = rater_labels(
        labels, lengths, assigned=raters.assigned[here], in_range=raters.in_range[here]
    )
    resampling = Resampling(len(lengths)) if intervals else None
    touches = compare_touches(pair, REFERENCE, JUDGED)
    onsets, offsets = onset_and_offset_shifts(touches.pairs, frame_ms[used], resampling)
    return PeriodContrast(
        frames=pair_agreement(pair_table(pair, REFERENCE, JUDGED), resampling),
        rates=touches.rates(resampling),
        onsets=onsets,
        offsets=offsets,
    )
