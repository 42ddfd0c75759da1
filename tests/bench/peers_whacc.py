"""WhACC's side of peers.py: stages called as in WhACC's pipeline, each in its process.

peers.py runs it in WhACC's environment. WhACC is not modified.
"""

import shutil
import sys
import tempfile
import types
from pathlib import Path

import numpy as np
from measured import Measurement, run_stage

# WhACC's batch of 500 images, as in `batch_process_videos_on_colab`.
BATCH = 500


def main() -> None:
    stand_in_for_tkinter()
    run_stage(
        {
            "weights": weights,
            "features": features,
            "cnn": cnn,
            "predict": predict,
            "scores": scores,
            "errors": errors,
            "tracking": tracking,
            "boosting": boosting,
        }
    )


def stand_in_for_tkinter() -> None:
    # `import whacc` imports its labelling window, but Debian's Python has no Tk.
    try:
        import tkinter  # noqa: F401
    except ImportError:
        window = types.ModuleType("tkinter")
        window.ttk = types.ModuleType("tkinter.ttk")
        sys.modules |= {"tkinter": window, "tkinter.ttk": window.ttk}


def weights(folder: str) -> Measurement:
    """Write the weights of WhACC's network with random values."""
    from tensorflow import keras
    from whacc_backbone import randomize, whacc_model

    model = whacc_model(keras)
    randomize(model, keras)
    model.save_weights(Path(folder) / "keras2_weights.h5")
    return Measurement()


def features(folder: str) -> Measurement:
    """Measure units in a file to features in a file: stage 5 of WhACC's pipeline."""
    from whacc import feature_maker

    source, target = Path(folder) / "units.h5", Path(folder) / "whacc_features.h5"
    target.unlink(missing_ok=True)
    made = Measurement()
    with made.running():
        feature_maker.standard_feature_generation2(str(source), str(target))
    return made


def cnn(folder: str) -> Measurement:
    """Measure frames in a file to units in a file: stages 3 and 4."""
    from whacc import feature_maker, image_tools

    session, lags = Path(folder) / "session.h5", Path(folder) / "session_3lag.h5"
    lags.unlink(missing_ok=True)
    network, made = cut_network(folder), Measurement()
    warm_up(network)
    with made.running():
        image_tools.convert_to_3lag(str(session), str(lags))
        images = image_tools.ImageBatchGenerator(BATCH, str(lags), label_key="labels")
        units = Path(folder) / "whacc_units.h5"
        feature_maker.convert_h5_to_feature_h5(network, images, str(units))
    return made


def predict(folder: str) -> Measurement:
    """Measure `model.predict` only, on batches in memory, from the files of `cnn`."""
    from whacc import image_tools

    lags = Path(folder) / "session_3lag.h5"
    images = image_tools.ImageBatchGenerator(BATCH, str(lags), label_key="labels")
    network, made = cut_network(folder), Measurement()
    warm_up(network)
    for k in range(len(images)):
        batch, _ = images[k]
        with made.running():
            network.predict(batch)
    return made


def warm_up(network) -> None:
    # `predict` has batches of 32 images; 40 images trace a full and a partial batch.
    network.predict(np.zeros((40, 96, 96, 3), np.float32), verbose=0)


def cut_network(folder: str):
    """Return the network without its head, as WhACC's `load_final_model` does."""
    from tensorflow import keras
    from whacc_backbone import whacc_model

    model = whacc_model(keras)
    model.load_weights(Path(folder) / "keras2_weights.h5")
    cut = keras.models.Model(model.input, model.layers[191].output)
    cut.compile()
    return cut


def scores(folder: str) -> Measurement:
    """Measure features in a file to labels in the same file: stage 7."""
    import h5py
    from whacc import model_maker, utils

    source, target = Path(folder) / "features.h5", Path(folder) / "whacc_scores.h5"
    shutil.copy(source, target)
    model, made = model_maker.load_final_light_GBM(), Measurement()
    with made.running():
        utils.make_final_predictions_GBM([str(target)], mod=model)
    with h5py.File(target) as file:
        np.save(Path(folder) / "whacc_labels.npy", file["yhat"][:].astype(bool))
    target.unlink()
    return made


def errors(folder: str) -> Measurement:
    """Measure touch errors at five thresholds."""
    from whacc import analysis

    stored, made = np.load(Path(folder) / "labels.npz"), Measurement()
    with made.running():
        table = analysis.thresholded_error_types(
            stored["truth"].astype(int),
            stored["scores"],
            edge_threshold=5,
            frame_num_array=stored["trial_lengths"],
            thresholds=stored["thresholds"],
        )
    made.found = {key: [int(n) for n in table[key]] for key in table}
    return made


def tracking(folder: str) -> Measurement:
    """Measure videos to a session file: stage 2."""
    from whacc import PoleTracking

    videos = Path(folder) / "videos"
    for old in videos.glob("*.h5"):
        old.unlink()
    tracker = PoleTracking(str(videos), str(videos / "template_img.png"))
    made = Measurement()
    with made.running():
        tracker.track_all_and_save()
    return made


def boosting(folder: str) -> Measurement:
    """Measure `retrain_LGBM`, which predicts training and test frames in each round."""
    stand_in_for_optuna()
    from peers_trees import ROUNDS, SETTINGS, read
    from whacc.retrain_LGBM import retrain_LGBM

    x, y, lengths = zip(*(read(folder, name) for name in SETS), strict=True)
    y = [one.astype(int) for one in y]
    weights = [np.ones(len(one)) for one in y]
    with tempfile.TemporaryDirectory() as models:
        retraining = retrain_LGBM(models, "bench", [*x], y, [*lengths], weights)
        retraining.GLOBALS["num_iterations"] = ROUNDS
        Path(retraining.GLOBALS["mod_dir"]).mkdir()
        made = Measurement()
        with made.running():
            made.found["auc"] = float(retraining.objective(FixedTrial(SETTINGS)))
    made.found["rounds"] = len(retraining.GLOBALS["metrics_val"]["auc"])
    return made


SETS = ("train", "validation", "test")


class FixedTrial:
    """A substitute for an Optuna trial that suggests fixed values."""

    def __init__(self, values) -> None:
        self.values = values

    def suggest_float(self, name, low, high, log=False):
        return self.values[name]

    def suggest_int(self, name, low, high):
        return self.values[name]


def stand_in_for_optuna() -> None:
    # The module imports Optuna, but the objective does not use it.
    try:
        import optuna  # noqa: F401
    except ImportError:
        sys.modules["optuna"] = types.ModuleType("optuna")


if __name__ == "__main__":
    main()
