"""Temporal features of trials: the transforms of a feature set, on all cores.

`models_ml.features.transforms` defines the transforms. This module divides the frames
of trials into pieces that fit into the cache of a core.
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
from models_ml.features.transforms import TRANSFORM_FUNCTIONS
from models_ml.features.unit_spread import mean_spreads, spread_over_units
from models_ml.features.workspace import Workspace
from models_ml.trial_lengths import TrialLengths, checked_lengths, first_frames

# Smallest number of frames of a piece, and of its values (frames times units): with few
# units a piece has more frames, so that a step takes longer than its start. Pieces do
# not follow trials, so every core has work and needs little memory.
_PIECE_FRAMES = 500
_PIECE_VALUES = 2**16
_WHACC = Path(__file__).parent / "data" / "whacc_2105.json"


def whacc_feature_set() -> FeatureSet:
    """Return the features of the published WhACC classifier.

    Returns
    -------
    feature_set : FeatureSet
        2,105 columns: ten spreads over all 2,048 units of WhACC's ResNet50V2, and
        transforms of 782 of these units, in the order of its LightGBM model.

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
        Units of every frame, one trial after the other, in frame order; finite.
    trial_lengths : sequence of int
        Number of frames of each trial; each at least 1, their sum `n_frames`.
    feature_set : FeatureSet
        The columns to compute.
    spreads : array of float32, shape (n_frames, n_spreads), optional
        The columns of blocks without units, when they are known already. They are
        needed when `units` are not all units of the backbone.

    Returns
    -------
    features : array of float32, shape (n_frames, n_columns)
        NaN where a feature depends on frames outside its trial.

    Raises
    ------
    ValueError
        If `units` is not a float32 array with the feature set's number of units, if a
        unit is not finite, if the lengths do not add up to `n_frames`, if a trial is
        empty, or if `spreads` has another shape or dtype.

    Notes
    -----
    In addition to the result, about 10 MB of memory are used for each core, for any
    number of frames.

    References
    ----------
    WhACC 1.4.3: equal to its features in every bit of float32, except that spreads over
    many units may differ in the last bit.
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
    n_around = _frames_around(lengths)
    workspaces: SimpleQueue[Workspace] = SimpleQueue()
    n_threads = _n_cores()
    for _ in range(n_threads):
        workspaces.put(Workspace())

    def compute(rows: slice) -> None:
        first = max(rows.start - feature_set.margin, 0)
        around = units[first : rows.stop + feature_set.margin]
        _check_finite(around, first)
        wanted = slice(rows.start - first, rows.stop - first)
        workspace = workspaces.get()
        piece = _Piece(around, wanted, n_around[:, rows])
        _write_features(features, rows.start, piece, layout, workspace)
        if spreads is not None:
            features[rows, layout.spread_columns] = spreads[rows]
        workspaces.put(workspace)

    with ThreadPoolExecutor(n_threads) as threads:
        # Reading the results raises the exceptions of the threads.
        list(threads.map(compute, _pieces(units, n_threads)))
    return features


class _Layout:
    """The blocks of a feature set, with the indices of their units in a piece."""

    def __init__(self, feature_set: FeatureSet, spreads: Units | None) -> None:
        self.blocks = feature_set.blocks
        ends = np.cumsum([block.n_columns for block in self.blocks])
        self.spread_columns = [
            end - 1
            for block, end in zip(self.blocks, ends.tolist(), strict=True)
            if block.units is None
        ]
        units = [np.array(block.units or (), np.int64) for block in self.blocks]
        self.used_units = np.unique(np.concatenate(units))
        self.unit_indices: list[Int64s] = [
            np.searchsorted(self.used_units, each).astype(np.int64) for each in units
        ]
        all_spreads = [block for block in self.blocks if block.units is None]
        self.spreads_to_compute = all_spreads if spreads is None else []


class _Piece:
    """Wanted frames of a piece, with all frames that their features depend on.

    Windows are computed across the ends of trials; NaN replaces these values later.
    """

    def __init__(self, units: Units, wanted: slice, n_around: Int64s) -> None:
        self.units = units
        self.wanted = wanted
        self._n_before, self._n_after = n_around
        self._incomplete: dict[tuple[int, int], Int64s] = {}

    def defined(self, block: FeatureBlock) -> slice:
        """Return the wanted frames that have all frames of a block in this piece."""
        wanted, last = self.wanted, len(self.units) - block.n_after
        start = min(max(wanted.start, block.n_before), wanted.stop)
        return slice(start, max(min(wanted.stop, last), start))

    def incomplete(self, block: FeatureBlock) -> Int64s:
        """Return the wanted frames that lack frames of a block in their trial."""
        needed = block.n_before, block.n_after
        if needed not in self._incomplete:
            lacks = (self._n_before < needed[0]) | (self._n_after < needed[1])
            self._incomplete[needed] = np.flatnonzero(lacks)
        return self._incomplete[needed]


def _write_features(
    out: Units, top: int, piece: _Piece, layout: _Layout, workspace: Workspace
) -> None:
    """Write the features of the wanted frames of a piece, from row `top`."""
    spread_of = _spreads(piece, layout, workspace)
    shape = len(piece.units), len(layout.used_units)
    # A compact copy fits into the cache of a core.
    used = workspace.array("used", shape, np.float32)
    np.take(piece.units, layout.used_units, axis=1, out=used, mode="clip")
    wanted = out[top : top + piece.wanted.stop - piece.wanted.start]
    column = 0
    for block, indices in zip(layout.blocks, layout.unit_indices, strict=True):
        columns = wanted[:, column : column + block.n_columns]
        rows = piece.defined(block)
        if block.units is None:
            if layout.spreads_to_compute:
                columns[:, 0] = spread_of(block)
        elif rows.start < rows.stop:
            around = used[rows.start - block.n_before : rows.stop + block.n_after]
            corner = top + rows.start - piece.wanted.start, column
            transform = TRANSFORM_FUNCTIONS[block.transform]
            transform(around, indices, block.parameter, out, corner)
        columns[piece.incomplete(block)] = np.nan
        column += block.n_columns


def _spreads(
    piece: _Piece, layout: _Layout, workspace: Workspace
) -> Callable[[FeatureBlock], Units]:
    """Return a function from a block to its spread over all units.

    The means of all widths are computed at once. The spread of a shift is the shifted
    spread.
    """
    margin = max((block.margin for block in layout.spreads_to_compute), default=0)
    first = max(piece.wanted.start - margin, 0)
    units = piece.units[first : piece.wanted.stop + margin]
    wanted = slice(piece.wanted.start - first, piece.wanted.stop - first)
    widths = {_mean_width(block) for block in layout.spreads_to_compute} - {0}
    of_means = mean_spreads(units, widths, workspace)

    def spread(block: FeatureBlock) -> Units:
        if _mean_width(block) and block.transform != "shift":
            return of_means[_mean_width(block)][wanted]
        source = of_means[1][:, np.newaxis] if block.transform == "shift" else units
        source = np.ascontiguousarray(source)
        result = np.full(source.shape, np.nan, np.float32)
        if len(units) > block.n_before + block.n_after:
            indices, corner = np.arange(source.shape[1]), (block.n_before, 0)
            transform = TRANSFORM_FUNCTIONS[block.transform]
            transform(source, indices, block.parameter, result, corner)
        if block.transform == "shift":
            return result[wanted, 0]
        return spread_over_units(result[wanted])

    return spread


def _mean_width(block: FeatureBlock) -> int:
    """Return the width of the means that a block depends on; 0 if it has none."""
    if block.transform in ("original", "shift"):
        return 1
    return block.parameter if block.transform == "rolling_mean" else 0


def _pieces(units: Units, n_threads: int) -> Iterator[slice]:
    """Yield the rows of each piece."""
    n_frames, n_units = units.shape
    piece_frames = max(_PIECE_FRAMES, _PIECE_VALUES // n_units)
    # A multiple of the number of threads, so that all end at about the same time.
    n_pieces = max(-(-n_frames // (piece_frames * n_threads)), 1) * n_threads
    ends = [n_frames * k // n_pieces for k in range(n_pieces + 1)]
    return (slice(*rows) for rows in itertools.pairwise(ends) if rows[0] < rows[1])


def _frames_around(lengths: Int64s) -> Int64s:
    """Return the number of frames of its trial before each frame, and after it."""
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
