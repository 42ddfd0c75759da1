"""The stages of stages.py, each in its own process, by the core's public functions."""

from pathlib import Path

import numpy as np
import stages_inputs as inputs
import stages_learning
from measured import Measurement, repeated, run_stage

FLOAT = 4


def main() -> None:
    run_stage(
        {
            "reading": reading,
            "compact": compact,
            "resnet": resnet,
            "cache": cache,
            "shipped_features": shipped_features,
            "features": features,
            "shipped_scores": shipped_scores,
            "scores": scores,
            "touches": touches,
            "errors": errors,
            "retrain": stages_learning.retraining,
            "rescoring": stages_learning.rescoring,
            "limits": limits,
        }
    )


def reading(folder: str, n_frames: str) -> Measurement:
    made = Measurement()
    for trial in trials_of(folder, n_frames, made):
        assert trial.any()
    return made


def trials_of(folder: str, n_frames: str, reading: Measurement):
    """Yield the frames of each trial, and measure reading them."""
    from models_ml.session_files.reader import open_session_file

    wanted = int(n_frames)
    size = min(n for n in sizes_in(folder) if n >= wanted)
    with reading.running():
        session = open_session_file(Path(folder) / f"session_{size}.h5")
    with session:
        for trial in session.trials:
            first, last = trial.first_row, trial.first_row + trial.n_frames
            if first >= wanted:
                return
            with reading.running():
                frames = session.frames(first, min(last, wanted))
            yield frames


def sizes_in(folder: str) -> list[int]:
    return [int(path.stem.split("_")[1]) for path in Path(folder).glob("session_*.h5")]


def compact(folder: str, n_frames: str) -> Measurement:
    from models_ml.cnn.compact import build_model
    from models_ml.shipped import shipped_model

    model = shipped_model()
    return cnn(folder, n_frames, model.backbone_kind, model.weights_path, build_model)


def resnet(folder: str, n_frames: str) -> Measurement:
    from models_ml.cnn.resnet import build_model

    weights = Path(folder) / "resnet.weights.h5"
    return cnn(folder, n_frames, "resnet50v2", weights, build_model)


def cnn(folder: str, n_frames: str, kind: str, weights: Path, build) -> Measurement:
    from limits import multiply_adds

    from models_ml.cnn.backbone import load_backbone

    made = Measurement(found={"multiply_adds": multiply_adds(build())})
    network = load_backbone(kind, weights)
    network.units(np.zeros((64, 61, 61), np.uint8))
    for frames in trials_of(folder, n_frames, Measurement()):
        with made.running():
            network.units(frames)
    return made


def cache(folder: str, n_frames: str) -> Measurement:
    """Measure finding and reading the cached columns for WhACC's features."""
    from models_ml.cnn.backbone import load_backbone
    from models_ml.features.temporal import whacc_feature_set
    from models_ml.features.unit_cache import UnitCache
    from models_ml.features.unit_set import unit_set_of

    network = load_backbone("resnet50v2", Path(folder) / "resnet.weights.h5")
    columns = unit_set_of(whacc_feature_set())
    cached, made = UnitCache(Path(folder) / f"units_{n_frames}"), Measurement()
    for frames in trials_of(folder, n_frames, Measurement()):
        drawn = inputs.units(len(frames), columns.n_columns)
        cached.trial(frames, network, columns).write(drawn)
    for frames in trials_of(folder, n_frames, Measurement()):
        with made.running():
            cached.trial(frames, network, columns).read()
    return made


def shipped_features(_: str, n_frames: str) -> Measurement:
    from models_ml.features.feature_set import FeatureSet
    from models_ml.shipped import shipped_model

    text = shipped_model().feature_set_path.read_text("ascii")
    return temporal(FeatureSet.from_json(text), int(n_frames))


def features(_: str, n_frames: str) -> Measurement:
    from models_ml.features.temporal import whacc_feature_set

    return temporal(whacc_feature_set(), int(n_frames))


def temporal(feature_set, n_frames: int) -> Measurement:
    from models_ml.features import windows  # noqa: F401  compiled before the measurement
    from models_ml.features.temporal import temporal_features

    units = inputs.units(n_frames, feature_set.n_units)
    lengths = inputs.lengths(n_frames)
    made = repeated(lambda: temporal_features(units, lengths, feature_set))
    made.found["bytes"] = FLOAT * (feature_set.n_units + feature_set.n_columns)
    return made


def shipped_scores(_: str, n_frames: str) -> Measurement:
    from models_ml.shipped import shipped_model

    model = shipped_model()
    columns = inputs.units(int(n_frames), n_columns_of(model.classifier_path))
    return scored(model.classifier_path, columns)


def n_columns_of(path: Path) -> int:
    from models_ml.trees.classifier import load

    return load(path).n_columns


def scores(folder: str, n_frames: str) -> Measurement:
    return scored(Path(folder) / "forest.txt", inputs.features(int(n_frames)))


def scored(path: Path, columns: np.ndarray) -> Measurement:
    from models_ml.trees.classifier import load

    classifier = load(path)
    classifier.scores(columns[:100])
    return repeated(lambda: classifier.scores(columns))


def touches(_: str, n_frames: str) -> Measurement:
    from models_ml.touches.detection import touch_mask, touches_from_mask

    _, scores = inputs.truth_and_scores(int(n_frames))
    lengths = inputs.lengths(int(n_frames))
    return repeated(
        lambda: touches_from_mask(touch_mask(scores, lengths, 0.5), lengths)
    )


def errors(_: str, n_frames: str) -> Measurement:
    from models_ml.touches.touch_errors import touch_errors

    truth, scores = inputs.truth_and_scores(int(n_frames))
    predicted, lengths = scores > 0.5, inputs.lengths(int(n_frames))
    return repeated(lambda: touch_errors(truth, predicted, lengths))


def limits(_: str, __: str) -> Measurement:
    from limits import copy_rate, matmul_rate

    return Measurement(
        found={"bytes": vars(copy_rate()), "multiply_adds": vars(matmul_rate())}
    )


if __name__ == "__main__":
    main()
