"""Temporal features: how each unit behaves around a frame, within one trial.

What an operation computes is in `operations`; here the frames of trials and the columns
of a feature set are cut into pieces that stay within a core's cache.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from models_ml.feature_set import FeatureBlock, FeatureSet
from models_ml.operations import OPERATION, Units
from models_ml.trial_lengths import TrialLengths, checked_lengths
from models_ml.unit_spread import mean_spreads, spread_over_units
from models_ml.workspace import Workspace

# Longer trials are computed in pieces, so that every core has work and needs little
# memory.
_PIECE_FRAMES = 500
# Columns are computed for this many values at a time, to stay within a core's cache.
_CHUNK_VALUES = 2**15

_WHACC = Path(__file__).parent / "data" / "whacc_2105.json"


def whacc_feature_set() -> FeatureSet:
    """Return the features of the published WhACC classifier.

    Returns
    -------
    feature_set : FeatureSet
        2,105 columns of 782 units of the 2,048 of its ResNet50V2, and the spread over
        all units of ten operations, in the order that its LightGBM model was given.

    References
    ----------
    WhACC 1.4.3, feature selection of the published model (MIT licence).
    """
    return FeatureSet.from_json(_WHACC.read_text("ascii"))


def temporal_features(
    units: Units,
    trial_lengths: TrialLengths,
    feature_set: FeatureSet,
    *,
    spreads: Units | None = None,
) -> Units:
    """Return the feature columns of trials.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        A backbone's units for every frame, trials one after the other, in frame order.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.
    feature_set : FeatureSet
        The columns to compute; only these are computed, on all cores.
    spreads : array of float32, shape (n_frames, n_spreads), optional
        The columns of blocks without units, where `units` are not all that there are.

    Returns
    -------
    features : array of float32, shape (n_frames, n_columns)
        NaN where a column's window leaves the trial. Beside it, some 10 MB for each
        core are needed, however many frames there are.

    Raises
    ------
    ValueError
        If `units` is not a float32 array with the feature set's number of units, a
        unit is not finite, the lengths disagree, or a trial is empty.

    References
    ----------
    WhACC 1.4.3: equal to its features to the last bit of float32; the spreads over
    many units may differ in that bit.
    """
    if units.dtype != np.float32 or units.shape[1:] != (feature_set.n_units,):
        raise ValueError(
            f"Expected units as float32 with {feature_set.n_units} columns for feature "
            f"set {feature_set.name}; got {units.dtype} of shape {units.shape}."
        )
    lengths = checked_lengths(trial_lengths, len(units)).tolist()
    _check_spreads(spreads, len(units), feature_set)
    features = np.empty((len(units), feature_set.n_columns), np.float32)
    layout = _Layout(feature_set, spreads)
    workspaces: SimpleQueue[Workspace] = SimpleQueue()
    n_threads = _n_cores()
    for _ in range(n_threads):
        workspaces.put(Workspace())

    def compute(piece: tuple[slice, slice]) -> None:
        rows, trial = piece
        first = max(trial.start, rows.start - feature_set.reach)
        around = units[first : min(trial.stop, rows.stop + feature_set.reach)]
        _check_finite(around, first)
        wanted = slice(rows.start - first, rows.stop - first)
        workspace = workspaces.get()
        _write_features(features[rows], around, wanted, layout, workspace)
        if spreads is not None:
            features[rows, layout.spread_columns] = spreads[rows]
        workspaces.put(workspace)

    with ThreadPoolExecutor(n_threads) as threads:
        # Taking the results is what raises the errors of the threads.
        list(threads.map(compute, _pieces(lengths)))
    return features


class _Layout:
    """The blocks of a feature set, with where their units are among those chosen."""

    def __init__(self, feature_set: FeatureSet, spreads: Units | None) -> None:
        self.blocks = feature_set.blocks
        ends = np.cumsum([block.n_columns for block in self.blocks])
        self.spread_columns = [
            end - 1
            for block, end in zip(self.blocks, ends.tolist(), strict=True)
            if block.units is None
        ]
        units = [np.array(block.units or (), np.intp) for block in self.blocks]
        self.chosen = np.unique(np.concatenate(units))
        self.places = [np.searchsorted(self.chosen, each) for each in units]
        all_spreads = [block for block in self.blocks if block.units is None]
        self.of_spreads = all_spreads if spreads is None else []


def _write_features(
    out: Units, units: Units, wanted: slice, layout: _Layout, workspace: Workspace
) -> None:
    """Write the columns of the wanted frames among those of a trial, or around them."""
    spread_of = _spreads(units, layout, workspace)
    chosen = workspace.array("chosen", (len(units), len(layout.chosen)), np.float32)
    np.take(units, layout.chosen, axis=1, out=chosen, mode="clip")
    column = 0
    for block, places in zip(layout.blocks, layout.places, strict=True):
        columns = out[:, column : column + block.n_columns]
        column += block.n_columns
        rows = _defined(block, wanted, len(units))
        columns[: rows.start - wanted.start] = np.nan
        columns[rows.stop - wanted.start :] = np.nan
        inside = columns[rows.start - wanted.start : rows.stop - wanted.start]
        if block.units is None:
            if layout.of_spreads:
                inside[:, 0] = spread_of(block)[rows]
        elif len(inside):
            around = chosen[rows.start - block.n_before : rows.stop + block.n_after]
            _write_columns(inside, block, around, places, workspace)


def _write_columns(
    out: Units,
    block: FeatureBlock,
    units: Units,
    places: npt.NDArray[np.intp],
    workspace: Workspace,
) -> None:
    """Write the columns of a block, some at a time."""
    n_columns = max(_CHUNK_VALUES // len(units), 1)
    for first in range(0, len(places), n_columns):
        some = places[first : first + n_columns]
        taken = workspace.array("taken", (len(units), len(some)), np.float32)
        np.take(units, some, axis=1, out=taken, mode="clip")
        columns = out[:, first : first + n_columns]
        OPERATION[block.operation](taken, block.parameter, workspace, columns)


def _defined(block: FeatureBlock, wanted: slice, n_frames: int) -> slice:
    """Return which of the wanted frames have all that a block looks at."""
    start = min(max(wanted.start, block.n_before), wanted.stop)
    return slice(start, max(min(wanted.stop, n_frames - block.n_after), start))


def _spreads(
    units: Units, layout: _Layout, workspace: Workspace
) -> Callable[[FeatureBlock], Units]:
    """Return a function that gives the spread over units of an operation.

    Means of all widths are computed at once, and what has been shifted in time has
    the spread that it had before.
    """
    widths = {_mean_width(block) for block in layout.of_spreads} - {0}
    of_means = mean_spreads(units, widths, workspace)

    def spread(block: FeatureBlock) -> Units:
        if _mean_width(block) and block.operation != "shift":
            return of_means[_mean_width(block)]
        before = of_means[1][:, np.newaxis] if block.operation == "shift" else units
        whole = np.full((len(units), before.shape[1]), np.nan, np.float32)
        rows = _defined(block, slice(0, len(units)), len(units))
        if rows.start < rows.stop:
            OPERATION[block.operation](before, block.parameter, workspace, whole[rows])
        return whole[:, 0] if block.operation == "shift" else spread_over_units(whole)

    return spread


def _mean_width(block: FeatureBlock) -> int:
    """Return the width of the window whose means a block is about, 0 if it is not."""
    if block.operation in ("original", "shift"):
        return 1
    return block.parameter if block.operation == "rolling_mean" else 0


def _pieces(lengths: list[int]) -> Iterator[tuple[slice, slice]]:
    """Yield the rows of each piece, and those of its trial."""
    first = 0
    for length in lengths:
        n_pieces = -(-length // _PIECE_FRAMES)
        ends = [first + length * k // n_pieces for k in range(n_pieces + 1)]
        for start, stop in itertools.pairwise(ends):
            yield slice(start, stop), slice(first, first + length)
        first += length


def _check_spreads(
    spreads: Units | None, n_frames: int, feature_set: FeatureSet
) -> None:
    n_spreads = sum(block.units is None for block in feature_set.blocks)
    if spreads is not None and (
        spreads.dtype != np.float32 or spreads.shape != (n_frames, n_spreads)
    ):
        raise ValueError(
            f"Expected spreads as float32 of shape {(n_frames, n_spreads)} for feature "
            f"set {feature_set.name}; got {spreads.dtype} of shape {spreads.shape}."
        )


def _check_finite(units: Units, first: int) -> None:
    if not np.isfinite(units).all():
        frame, unit = np.argwhere(~np.isfinite(units))[0].tolist()
        raise ValueError(
            f"Expected finite units; unit {unit} of frame {first + frame}, counted "
            f"from 0, is {units[frame, unit]}: compute the units again."
        )


def _n_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
