"""Agreement of raters on frames, corrected for chance.

Only frames labelled touch or not touch count; see `rater_labels`. All statistics are
computed from one table of counts per trial. An undefined statistic is None with a
sentence that explains it, never NaN.

==================  ==================================================================
percent agreement   share of frames with equal labels of two raters
Cohen's kappa       agreement above chance; chance from each rater's share of touch
F1 of touch         2 x both touch / (touch frames of one + of the other)
Fleiss' kappa       any number of raters; frames that all raters labelled
Krippendorff alpha  any number, nominal; frames that two or more raters labelled
Gwet's AC1          as alpha; its chance agreement stays small when touch is rare
==================  ==================================================================

References
----------
Cohen 1960; Fleiss 1971; Krippendorff, Computing Krippendorff's alpha-reliability, 2011;
Gwet 2008.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models_ml.agreement.rater_labels import RaterLabels
from models_ml.agreement.resampling import Estimate, Resampling, Statistic, estimate
from models_ml.arrays import TOUCH, Float64s, Int64s

ONE_RATER = "Agreement needs two raters; there is one."
NO_RATER = "Agreement needs two raters; there is none."
NO_COMMON_FRAME = "No frame is labelled touch or not touch by both raters."
NO_SHARED_FRAME = "No frame is labelled touch or not touch by two raters."
NO_FRAME_OF_ALL = "No frame is labelled touch or not touch by all raters."
ONE_KIND = "All labels are equal: chance would agree as often."
NO_TOUCH_AT_ALL = "Neither rater labelled a touch on the frames that both labelled."


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """Agreement of two raters on the frames that both label touch or not touch.

    Parameters
    ----------
    percent, kappa, f1 : Estimate
        Percent agreement as a share in [0, 1]; Cohen's kappa; F1 of touch frames.
    """

    percent: Estimate
    kappa: Estimate
    f1: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAgreement:
    """Agreement of all raters.

    Parameters
    ----------
    percent : Estimate
        Share of pairs of raters with equal labels on a frame, averaged over the
        frames that two or more raters labelled.
    fleiss, alpha, ac1 : Estimate
        Fleiss' kappa, Krippendorff's alpha for nominal data, Gwet's AC1.
    """

    percent: Estimate
    fleiss: Estimate
    alpha: Estimate
    ac1: Estimate


def pair_table(raters: RaterLabels, a: int, b: int) -> Int64s:
    """Return the labels of two raters on the same frames, as counts.

    Parameters
    ----------
    raters : RaterLabels
        Labels of all raters.
    a, b : int
        Positions of two raters.

    Returns
    -------
    table : array of int64, shape (n_trials, 2, 2)
        Frames of each trial that both label touch or not touch: rows are the labels of
        `a`, columns those of `b`; 0 not touch, 1 touch.
    """
    both = raters.known_by(a) & raters.known_by(b)
    one, other = raters.labels[a] == TOUCH, raters.labels[b] == TOUCH
    cells = (~one & ~other, ~one & other, one & ~other, one & other)
    counted = [raters.count_by_trial(both & cell) for cell in cells]
    return np.stack(counted, axis=1).reshape(-1, 2, 2)


def pair_agreement(
    table: Int64s, resampling: Resampling | None = None
) -> PairAgreement:
    """Return the agreement of two raters.

    Parameters
    ----------
    table : array of int64, shape (n_trials, 2, 2)
        See `pair_table`.
    resampling : Resampling, optional
        Draws of trials for the intervals; without it there are no intervals.

    Returns
    -------
    agreement : PairAgreement
        The n of each statistic is the number of frames that both labelled.

    Examples
    --------
    >>> agreement = pair_agreement(np.array([[[80, 5], [5, 10]]]))
    >>> round(agreement.percent.value, 3), round(agreement.kappa.value, 3)
    (0.9, 0.608)
    >>> pair_agreement(np.array([[[9, 0], [0, 0]]])).kappa.why
    'All labels are equal: chance would agree as often.'
    """
    n_by_trial = table.sum(axis=(1, 2))

    def of(statistic: Statistic, why: str) -> Estimate:
        return estimate(
            table,
            statistic,
            n_by_trial=n_by_trial,
            why_undefined=lambda total: why if total.sum() else NO_COMMON_FRAME,
            resampling=resampling,
        )

    return PairAgreement(
        percent=of(_percent_of_pair, NO_COMMON_FRAME),
        kappa=of(_cohen_kappa, ONE_KIND),
        f1=of(_touch_f1, NO_TOUCH_AT_ALL),
    )


def group_table(raters: RaterLabels) -> Int64s:
    """Return the frames by number of labels and by number of touch labels.

    Parameters
    ----------
    raters : RaterLabels
        Labels of all raters.

    Returns
    -------
    table : array of int64, shape (n_trials, n_raters + 1, n_raters + 1)
        Frames of each trial: rows are the number of labels, columns the number of
        touch labels.
    """
    known = raters.known
    n_labels = known.sum(axis=0)
    n_touch = (known & (raters.labels == TOUCH)).sum(axis=0)
    side = raters.n_raters + 1
    cells = (raters.trials * side + n_labels) * side + n_touch
    n_trials = len(raters.trial_lengths)
    counts = np.bincount(cells[raters.counted], minlength=n_trials * side * side)
    return counts.reshape(n_trials, side, side)


def group_agreement(
    table: Int64s, resampling: Resampling | None = None
) -> GroupAgreement:
    """Return the agreement of all raters.

    Parameters
    ----------
    table : array of int64, shape (n_trials, n_raters + 1, n_raters + 1)
        See `group_table`.
    resampling : Resampling, optional
        Draws of trials for the intervals; without it there are no intervals.

    Returns
    -------
    agreement : GroupAgreement
        The n of each statistic is the number of frames that it is computed from.
    """
    n_raters = table.shape[1] - 1
    by_two, by_all = (table[:, least:].sum(axis=(1, 2)) for least in (2, n_raters))

    def of(statistic: Statistic, n_by_trial: Int64s, missing: str) -> Estimate:
        if n_raters < 2:
            why = ONE_RATER if n_raters else NO_RATER
            return Estimate(value=None, why=why, n=0, n_trials=0)
        return estimate(
            table,
            statistic,
            n_by_trial=n_by_trial,
            why_undefined=_why(ONE_KIND if n_by_trial.any() else missing),
            resampling=resampling,
        )

    return GroupAgreement(
        percent=of(_percent_of_group, by_two, NO_SHARED_FRAME),
        fleiss=of(_fleiss_kappa, by_all, NO_FRAME_OF_ALL),
        alpha=of(_krippendorff_alpha, by_two, NO_SHARED_FRAME),
        ac1=of(_gwet_ac1, by_two, NO_SHARED_FRAME),
    )


def _percent_of_pair(table: Float64s) -> Float64s:
    """Return the share of equal labels in tables of shape (..., 2, 2)."""
    return _ratio(table[..., 0, 0] + table[..., 1, 1], table.sum(axis=(-2, -1)))


def _cohen_kappa(table: Float64s) -> Float64s:
    """Return Cohen's kappa of tables of shape (..., 2, 2)."""
    n = table.sum(axis=(-2, -1))
    by_chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1)
    # Whole numbers up to here, so that agreement exactly at chance is exactly 0.
    return _ratio(
        n * np.trace(table, axis1=-2, axis2=-1) - by_chance, n * n - by_chance
    )


def _touch_f1(table: Float64s) -> Float64s:
    """Return F1 of touch frames of tables of shape (..., 2, 2); it is symmetric."""
    both = 2 * table[..., 1, 1]
    return _ratio(both, both + table[..., 0, 1] + table[..., 1, 0])


def _percent_of_group(table: Float64s) -> Float64s:
    """Return the mean share of agreeing pairs, in tables (..., R + 1, R + 1)."""
    m, k = _labels_and_touches(table)
    pairs = np.maximum(m * (m - 1), 1)
    agreeing = (k * (k - 1) + (m - k) * (m - k - 1)) / pairs
    by_two = table * (m >= 2)
    return _ratio(_total(by_two * agreeing), _total(by_two))


def _fleiss_kappa(table: Float64s) -> Float64s:
    """Return Fleiss' kappa of the frames that all raters labelled."""
    m, k = _labels_and_touches(table)
    n_raters = table.shape[-1] - 1
    by_all = table * (m == n_raters)
    n_labels = _total(by_all) * n_raters
    touch = _ratio(_total(by_all * k), n_labels)
    both_kinds = np.where((touch > 0) & (touch < 1), 2 * touch * (1 - touch), np.nan)
    agreed = _percent_of_group(by_all)
    return 1 - (1 - agreed) / both_kinds


def _krippendorff_alpha(table: Float64s) -> Float64s:
    """Return Krippendorff's alpha of the frames that two or more raters labelled."""
    m, k = _labels_and_touches(table)
    by_two = table * (m >= 2)
    n_touch, n_other = _total(by_two * k), _total(by_two * (m - k))
    differing = _total(by_two * k * (m - k) / np.maximum(m - 1, 1))
    return 1 - _ratio((n_touch + n_other - 1) * differing, n_touch * n_other)


def _gwet_ac1(table: Float64s) -> Float64s:
    """Return Gwet's AC1; frames with one label count for the share of touch only."""
    m, k = _labels_and_touches(table)
    by_one = table * (m >= 1)
    touch = _ratio(_total(by_one * k / np.maximum(m, 1)), _total(by_one))
    by_chance = 2 * touch * (1 - touch)
    return (_percent_of_group(table) - by_chance) / (1 - by_chance)


def _labels_and_touches(table: Float64s) -> tuple[Int64s, Int64s]:
    """Return the number of labels and of touch labels of each cell of a table."""
    m, k = np.indices(table.shape[-2:], dtype=np.int64)
    return np.asarray(m), np.asarray(k)


def _total(table: Float64s) -> Float64s:
    total: Float64s = table.sum(axis=(-2, -1))
    return total


def _ratio(part: Float64s, whole: Float64s) -> Float64s:
    """Return part / whole, NaN where whole is 0."""
    nothing = np.full(np.shape(whole), np.nan)
    ratio: Float64s = np.divide(part, whole, out=nothing, where=whole != 0)
    return ratio


def _why(sentence: str) -> Callable[[Float64s], str]:
    return lambda total: sentence
