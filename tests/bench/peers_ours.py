"""The product's side of peers.py: the stages of peers_whacc.py, each in its process."""

import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
from limits import n_cores
from measured import Measurement, run_stage
from PIL import Image


def main() -> None:
    run_stage(
        {
            "our_features": features,
            "our_features_file": features_file,
            "our_cnn": cnn,
            "our_scores": scores,
            "our_errors": errors,
            "our_tracking": tracking,
            "our_tracking_session": tracking_session,
            "decoding": decoding,
            "our_boosting": boosting,
        }
    )


def features(folder: str) -> Measurement:
    """Measure units in a file to features in memory, the input of the classifier."""
    from models_ml.features import (
        temporal,
        windows,  # noqa: F401
    )

    made = Measurement()
    with made.running():
        compute_features(folder, temporal)
    return made


def features_file(folder: str) -> Measurement:
    """Measure units in a file to features in a file, as in WhACC."""
    from models_ml.features import (
        temporal,
        windows,  # noqa: F401
    )

    made = Measurement()
    with (
        h5py.File(Path(folder) / "our_features.h5", "w") as file,
        made.running(),
    ):
        file["final_features_2105"] = compute_features(folder, temporal)
    return made


def compute_features(folder: str, temporal: ModuleType) -> np.ndarray:
    # The caller imported the modules before measuring, as on WhACC's side.
    with h5py.File(Path(folder) / "units.h5") as file:
        units, lengths = file["FD__original"][:], file["frame_nums"][:]
    return temporal.temporal_features(
        units, lengths.astype(int), temporal.whacc_feature_set()
    )


def cnn(folder: str) -> Measurement:
    """Measure frames in a file to units, trial by trial."""
    from models_ml.cnn.backbone import load_backbone
    from models_ml.session_files.reader import open_session_file

    network = load_backbone("resnet50v2", Path(folder) / "whacc.weights.h5")
    network.units(np.zeros((300, 61, 61), np.uint8))
    units, made = [], Measurement(found=limit_of_cnns())
    with open_session_file(Path(folder) / "session.h5") as session, made.running():
        for trial in session.trials:
            last = trial.first_row + trial.n_frames
            units.append(network.units(session.frames(trial.first_row, last)))
    np.save(Path(folder) / "our_units.npy", np.concatenate(units))
    return made


def limit_of_cnns() -> dict[str, Any]:
    import limits

    from models_ml.cnn.resnet import build_model

    return {
        "multiply_adds": limits.multiply_adds(build_model()),
        "limit": vars(limits.matmul_rate()),
    }


def scores(folder: str) -> Measurement:
    """Measure features in a file to labels, with WhACC's classifier."""
    from models_ml.touches.detection import touch_mask
    from models_ml.whacc.model import read_whacc_model

    pickle = next(Path(folder).glob("*_model.pkl"))
    classifier, made = read_whacc_model(pickle).classifier, Measurement()
    with h5py.File(Path(folder) / "features.h5") as file, made.running():
        made_scores = classifier.scores(file["final_features_2105"][:])
        mask = touch_mask(made_scores, file["frame_nums"][:].astype(int), 0.5)
    np.save(Path(folder) / "our_labels.npy", mask)
    return made


def errors(folder: str) -> Measurement:
    """Measure touch errors at five thresholds, by WhACC's definition."""
    from models_ml.touches.touch_errors import touch_error_curve

    stored, made = np.load(Path(folder) / "labels.npz"), Measurement()
    with made.running():
        curve = touch_error_curve(
            stored["truth"],
            stored["scores"],
            stored["trial_lengths"],
            stored["thresholds"],
            edge_threshold=5,
            whacc_compatible=True,
        )
        made.found = {
            name.replace("_long", "_5+"): [errors.counts[name] for errors in curve]
            for name in curve[0].counts
        }
    return made


def tracking(folder: str) -> Measurement:
    """Measure the tracking of videos, one after the other in this process."""
    from models_ml.tracking.tracked_video import track_video

    settings, made = tracking_settings(folder), Measurement()
    with tempfile.TemporaryDirectory() as parts, made.running():
        for path in sorted((Path(folder) / "videos").glob("*.mp4")):
            track_video(path, Path(parts) / path.stem, settings)
    return made


def tracking_session(folder: str) -> Measurement:
    """Measure videos to a session file, with one process for each core."""
    from models_ml.tracking.tracked_session import track_session, write_tracked_session
    from models_ml.tracking.trial_names import TrialVideo

    settings, made = tracking_settings(folder), Measurement()
    videos = [
        TrialVideo(number=number, path=path)
        for number, path in enumerate(sorted((Path(folder) / "videos").glob("*.mp4")))
    ]
    with tempfile.TemporaryDirectory() as parts, made.running():
        session = track_session(
            videos,
            settings=settings,
            work_folder=Path(parts),
            n_processes=n_cores(),
            progress=lambda done, total: None,
        )
        write_tracked_session(
            Path(folder) / "tracked.h5", session, settings=settings, pole_times=None
        )
    # Its processes are children of a fork server, so their cost is not measured.
    made.cpu_seconds = made.peak_mb = 0
    return made


def tracking_settings(folder: str):
    from models_ml.tracking.tracked_video import TrackingSettings

    image = Image.open(Path(folder) / "videos" / "template_img.png")
    height, width = np.asarray(image).shape
    return TrackingSettings(template=np.asarray(image), crop_px=(width, height))


def decoding(folder: str) -> Measurement:
    """Measure decoding every frame of every video to grey, without using it."""
    import av

    made = Measurement()
    with made.running():
        for path in sorted((Path(folder) / "videos").glob("*.mp4")):
            with av.open(str(path)) as video:
                for frame in video.decode(video=0):
                    frame.to_ndarray(format="gray")
    return made


def boosting(folder: str) -> Measurement:
    """Measure boosting rounds that are validated by touch-count errors."""
    from peers_trees import LEARNING_RATE, ROUNDS, SETTINGS, read

    from models_ml.touches.evaluation import area_under_curve
    from models_ml.training.boosting import BoostingData
    from models_ml.trees.classifier import LabelledFrames
    from models_ml.trees.parameters import ClassifierParameters

    (x, y, _), (validation, touch, lengths) = (
        read(folder, name) for name in ("train", "validation")
    )
    ends, values, made = np.cumsum(lengths)[:-1], [], Measurement()
    with made.running():
        data = BoostingData(
            train=LabelledFrames(
                features=x, labels=y, weights=np.ones(len(y), np.float32)
            ),
            copies=None,
            validation_features=np.split(validation, ends),
            validation_labels=np.split(touch.astype(np.int8), ends),
        )
        result = data.boost(
            ClassifierParameters(
                num_iterations=ROUNDS,
                early_stopping_round=ROUNDS,
                learning_rate=LEARNING_RATE,
                num_leaves=SETTINGS["num_leaves"],
                min_data_in_leaf=SETTINGS["min_child_samples"],
                feature_fraction=SETTINGS["feature_fraction"],
                bagging_fraction=SETTINGS["bagging_fraction"],
                bagging_freq=SETTINGS["bagging_freq"],
                lambda_l1=SETTINGS["lambda_l1"],
                lambda_l2=SETTINGS["lambda_l2"],
            ),
            on_round=lambda number, value: values.append(value),
        )
    scores = result.classifier.scores(validation)
    made.found["auc"] = area_under_curve(touch, scores)
    made.found["rounds"] = len(values)
    return made


if __name__ == "__main__":
    main()
