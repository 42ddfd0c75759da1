"""Parity check: results of WhACC, and of the ML core from the same input.

``make bench-parity ORACLE=FOLDER MODEL=FILE``. The folder has inputs and outputs of
WhACC (features_a.npz, features_edge.npz, features_*_lightgbm.npz, cnn_input_61px.npz,
cnn_input_other_sizes.npz, error_metrics.json.gz, whacc_session.h5); the file is WhACC's
LightGBM model as text. A check without its input is skipped. The script exits with
status 1 when a limit is exceeded.
"""

import gzip
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

Line = tuple[str, str, bool]


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    if "ORACLE" not in os.environ:
        print(
            "Nothing was checked: ORACLE=FOLDER would be the folder of WhACC's results."
        )
        return
    folder = Path(os.environ["ORACLE"])
    n_exceeded = 0
    for check in CHECKS:
        for name, found, is_within in check(folder):
            print(
                f"{name:34}{found:60}{'within' if is_within else 'EXCEEDED'}",
                flush=True,
            )
            n_exceeded += not is_within
    sys.exit(1 if n_exceeded else 0)


def features(folder: Path) -> Iterator[Line]:
    for name in ("a", "edge"):
        computed, expected = both_features(folder, name)
        known = ~np.isnan(expected)
        same_nan = bool((np.isnan(computed) == np.isnan(expected)).all())
        same_zeros = bool(((computed == 0) == (expected == 0)).all())
        ulp = np.spacing(np.abs(expected[known]))
        off = np.abs(computed[known] - expected[known]) / ulp
        yield (
            f"features_{name}",
            f"{known.sum()} values, {(off > 0).sum()} differ, by {off.max():.0f} ulp",
            off.max() <= 1,
        )
        yield f"features_{name}, NaN pattern", f"{(~known).sum()} NaN", same_nan
        yield f"features_{name}, zeros", f"{(expected == 0).sum()} zeros", same_zeros


def scores(folder: Path) -> Iterator[Line]:
    if "MODEL" not in os.environ:
        return
    from models_ml.touches.detection import touch_mask
    from models_ml.trees.classifier import load

    classifier = load(os.environ["MODEL"])
    for name in ("a", "edge"):
        stored = np.load(folder / f"features_{name}.npz")
        expected = np.load(folder / f"features_{name}_lightgbm.npz")["yhat_raw_proba"]
        made = classifier.scores(stored["final_features_2105"])
        off = np.abs(made - expected).max()
        yield f"scores of features_{name}", f"at most {off:.1e} apart", off <= 1e-9
        computed, _ = both_features(folder, name)
        lengths = stored["frame_nums"]
        ours = touch_mask(classifier.scores(computed), lengths, 0.5)
        theirs = touch_mask(expected, lengths, 0.5)
        flipped = int((ours != theirs).sum())
        found = f"{flipped} of {len(ours)} labels flipped, {theirs.sum()} touch frames"
        yield f"units to labels, features_{name}", found, flipped == 0


def network_input(folder: Path) -> Iterator[Line]:
    from models_ml.cnn.frames import cnn_input

    stored = np.load(folder / "cnn_input_61px.npz")
    made = cnn_input(stored["images_uint8"])
    off = np.abs(made[:6] - stored["cnn_input_96_x_first6"]).max()
    yield "CNN input, 61 px, 3 lags", f"at most {off:.1e} apart", off <= 2e-5
    stored = np.load(folder / "cnn_input_other_sizes.npz")
    for size in (45, 61, 81, 101):
        images = np.repeat(stored[f"in_{size}"][..., np.newaxis], 3, axis=-1)
        off = np.abs(cnn_input(images)[..., 0] - stored[f"out_{size}_ch0"]).max()
        yield f"CNN input, {size} px", f"at most {off:.1e} apart", off <= 2e-5


def session(folder: Path) -> Iterator[Line]:
    from models_ml.session_files.reader import open_session_file

    with open_session_file(folder / "whacc_session.h5") as source:
        lengths = [trial.n_frames for trial in source.trials]
        frames = source.frames(0, source.n_frames)
    found = f"trials of {lengths} frames, {frames.shape[1]} x {frames.shape[2]} px"
    is_equal = lengths == [300] * 3 and frames.shape == (900, 61, 61)
    yield "session of WhACC's tracker", found, is_equal


def touch_errors(folder: Path) -> Iterator[Line]:
    from models_ml.touches.touch_errors import touch_error_curve

    with gzip.open(folder / "error_metrics.json.gz", "rt") as file:
        cases = json.load(file)["cases"]
    n_counts = n_wrong = n_crashed = 0
    for case in cases:
        curve = touch_error_curve(
            case["real"],
            np.array(case["prob_x1024"]) / 1024,
            case["frame_nums"],
            case["thresholds"],
            case["edge_threshold"],
            whacc_compatible=True,
        )
        n_crashed += "df" not in case
        long = f"_{case['edge_threshold']}+"
        for name in curve[0].counts if "df" in case else ():
            expected = case["df"][name.replace("_long", long)]
            found = [errors.counts[name] for errors in curve]
            n_counts += len(found)
            n_wrong += sum(a != b for a, b in zip(found, expected, strict=True))
    yield (
        f"touch errors, {len(cases)} cases",
        f"{n_wrong} of {n_counts} counts differ; {n_crashed} where WhACC crashed",
        n_wrong == 0,
    )


def million_frames(_: Path) -> Iterator[Line]:
    from models_ml.touches.touch_errors import touch_errors as errors_of

    rng = np.random.default_rng(0)
    truth = np.repeat(rng.random(100_000) > 0.7, 10)
    predicted = np.roll(truth, 1) ^ (rng.random(1_000_000) > 0.98)
    started = time.perf_counter()
    errors = errors_of(truth, predicted, [1000] * 1000)
    seconds = time.perf_counter() - started
    found = f"{len(errors.kinds)} errors in {seconds:.3f} s"
    yield "touch errors, a million frames", found, seconds < 1


def both_features(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    from models_ml.features.temporal import temporal_features, whacc_feature_set

    stored = np.load(folder / f"features_{name}.npz")
    units = stored["FD__original"].astype(np.float32)
    computed = temporal_features(units, stored["frame_nums"], whacc_feature_set())
    return computed, stored["final_features_2105"]


CHECKS = (features, scores, network_input, session, touch_errors, million_frames)

if __name__ == "__main__":
    main()
