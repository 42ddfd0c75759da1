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

from models_ml.arrays import Int64s, Units
from models_ml.features.feature_set import FeatureBlock, FeatureSet
from models_ml.features.transforms import OPERATION
from models_ml.features.unit_spread import mean_spreads, spread_over_units
from models_ml.features.workspace import Workspace
from models_ml.trial_lengths import TrialLengths, checked_lengths, first_frames

# Frames are computed in pieces, whatever their trials, so that every core has work and
# needs little memory. Of few units a piece holds more frames: each step should outlast
# being started.
_PIECE_FRAMES = 500
_PIECE_VALUES = 2**16
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
    lengths = checked_lengths(trial_lengths, len(units))
    _check_spreads(spreads, len(units), feature_set)
    features = np.empty((len(units), feature_set.n_columns), np.float32)
    layout = _Layout(feature_set, spreads)
    in_trial = _frames_around(lengths)
    workspaces: SimpleQueue[Workspace] = SimpleQueue()
    n_threads = _n_cores()
    for _ in range(n_threads):
        workspaces.put(Workspace())

    def compute(rows: slice) -> None:
        first = max(rows.start - feature_set.reach, 0)
        around = units[first : rows.stop + feature_set.reach]
        _check_finite(around, first)
        wanted = slice(rows.start - first, rows.stop - first)
        workspace = workspaces.get()
        piece = _Piece(around, wanted, in_trial[:, rows])
        _write_features(features, rows.start, piece, layout, workspace)
        if spreads is not None:
            features[rows, layout.spread_columns] = spreads[rows]
        workspaces.put(workspace)

    with ThreadPoolExecutor(n_threads) as threads:
        # Taking the results is what raises the errors of the threads.
        list(threads.map(compute, _pieces(units, n_threads)))
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
        units = [np.array(block.units or (), np.int64) for block in self.blocks]
        self.chosen = np.unique(np.concatenate(units))
        self.places = [
            np.searchsorted(self.chosen, each).astype(np.int64) for each in units
        ]
        all_spreads = [block for block in self.blocks if block.units is None]
        self.of_spreads = all_spreads if spreads is None else []


class _Piece:
    """Frames to compute features of, among frames that reach as far as any looks.

    Windows are computed across the ends of trials, and NaN is written over them.
    """

    def __init__(self, units: Units, wanted: slice, lengths: Int64s) -> None:
        self.units = units
        self.wanted = wanted
        self._n_before, self._n_after = lengths
        self._cut: dict[tuple[int, int], Int64s] = {}

    def defined(self, block: FeatureBlock) -> slice:
        """Return the wanted frames around which there is as much as a block needs."""
        wanted, last = self.wanted, len(self.units) - block.n_after
        start = min(max(wanted.start, block.n_before), wanted.stop)
        return slice(start, max(min(wanted.stop, last), start))

    def cut(self, block: FeatureBlock) -> Int64s:
        """Return which of the wanted frames have not as much within their trial."""
        needs = block.n_before, block.n_after
        if needs not in self._cut:
            is_cut = (self._n_before < needs[0]) | (self._n_after < needs[1])
            self._cut[needs] = np.flatnonzero(is_cut)
        return self._cut[needs]


def _write_features(
    out: Units, top: int, piece: _Piece, layout: _Layout, workspace: Workspace
) -> None:
    """Write the features of a piece's wanted frames, from this row on."""
    spread_of = _spreads(piece, layout, workspace)
    shape = len(piece.units), len(layout.chosen)
    # Side by side in memory, so that a core's cache holds them.
    chosen = workspace.array("chosen", shape, np.float32)
    np.take(piece.units, layout.chosen, axis=1, out=chosen, mode="clip")
    wanted = out[top : top + piece.wanted.stop - piece.wanted.start]
    column = 0
    for block, places in zip(layout.blocks, layout.places, strict=True):
        columns = wanted[:, column : column + block.n_columns]
        rows = piece.defined(block)
        if block.units is None:
            if layout.of_spreads:
                columns[:, 0] = spread_of(block)
        elif rows.start < rows.stop:
            around = chosen[rows.start - block.n_before : rows.stop + block.n_after]
            corner = top + rows.start - piece.wanted.start, column
            OPERATION[block.operation](around, places, block.parameter, out, corner)
        columns[piece.cut(block)] = np.nan
        column += block.n_columns


def _spreads(
    piece: _Piece, layout: _Layout, workspace: Workspace
) -> Callable[[FeatureBlock], Units]:
    """Return a function that gives the spread over units of an operation.

    Means of all widths are computed at once, and what has been shifted in time has
    the spread that it had before.
    """
    reach = max((block.reach for block in layout.of_spreads), default=0)
    first = max(piece.wanted.start - reach, 0)
    units = piece.units[first : piece.wanted.stop + reach]
    wanted = slice(piece.wanted.start - first, piece.wanted.stop - first)
    widths = {_mean_width(block) for block in layout.of_spreads} - {0}
    of_means = mean_spreads(units, widths, workspace)

    def spread(block: FeatureBlock) -> Units:
        if _mean_width(block) and block.operation != "shift":
            return of_means[_mean_width(block)][wanted]
        before = of_means[1][:, np.newaxis] if block.operation == "shift" else units
        before = np.ascontiguousarray(before)
        whole = np.full(before.shape, np.nan, np.float32)
        if len(units) > block.n_before + block.n_after:
            places, corner = np.arange(before.shape[1]), (block.n_before, 0)
            OPERATION[block.operation](before, places, block.parameter, whole, corner)
        if block.operation == "shift":
            return whole[wanted, 0]
        return spread_over_units(whole[wanted])

    return spread


def _mean_width(block: FeatureBlock) -> int:
    """Return the width of the window whose means a block is about, 0 if it is not."""
    if block.operation in ("original", "shift"):
        return 1
    return block.parameter if block.operation == "rolling_mean" else 0


def _pieces(units: Units, n_threads: int) -> Iterator[slice]:
    """Yield the rows of each piece."""
    n_frames, n_units = units.shape
    piece_frames = max(_PIECE_FRAMES, _PIECE_VALUES // n_units)
    # As many for each thread, so that none waits for another at the end.
    n_pieces = max(-(-n_frames // (piece_frames * n_threads)), 1) * n_threads
    ends = [n_frames * k // n_pieces for k in range(n_pieces + 1)]
    return (slice(*rows) for rows in itertools.pairwise(ends) if rows[0] < rows[1])


def _frames_around(lengths: Int64s) -> Int64s:
    """Return how many frames of its trial are before each frame, and after it."""
    n_before = np.arange(lengths.sum()) - np.repeat(first_frames(lengths), lengths)
    return np.stack([n_before, np.repeat(lengths, lengths) - n_before - 1])


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
