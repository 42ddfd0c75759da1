"""Files in the layouts of WhACC, with generated weights and trees."""

import functools
import pickle
from pathlib import Path

import h5py
import numpy as np

from models_ml.cnn import resnet

DATA = Path(__file__).parent / "data"


def write_pickled_booster(path: Path) -> Path:
    """Write a classifier with 2,105 features in the layout of WhACC's retraining."""
    import lightgbm

    features = np.load(DATA / "whacc_features.npz")["features"]
    labels = features[:, 300] > np.nanmedian(features[:, 300])
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(features, labels), 3)
    path.write_bytes(pickle.dumps(booster, 4))
    return path


def random_network(seed: int = 0) -> dict[str, np.ndarray]:
    """Return arrays of WhACC's ResNet50V2 with its head, named as Keras 2 does."""
    rng = np.random.default_rng(seed)
    arrays = {
        name: rng.uniform(0.01, 0.05, shape).astype(np.float32)
        for name, shape in network_shapes().items()
    }
    arrays["dense_4/kernel"] = rng.normal(size=(2048, 1)).astype(np.float32)
    arrays["dense_4/bias"] = np.float32([0.25])
    return arrays


@functools.cache
def network_shapes() -> dict[str, tuple[int, ...]]:
    return {
        f"{layer.name.replace('units', 'dense_3')}/{variable.name}": variable.shape
        for layer in resnet.build_model().layers
        for variable in layer.weights
    }


def write_saved_model(folder: Path, arrays: dict[str, np.ndarray]) -> Path:
    """Write the checkpoint of a SavedModel; its other files are never read."""
    import tensorflow as tf

    named = {
        f"layer_with_weights-{number}": tf.Variable(array, name=name)
        for number, (name, array) in enumerate(arrays.items())
    }
    tf.train.Checkpoint(**named).write(str(folder / "variables" / "variables"))
    (folder / "saved_model.pb").write_bytes(b"a graph that must not run")
    return folder


def write_keras_2_weights(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[f"{name.split('/')[0]}/{name}:0"] = array
    return path
