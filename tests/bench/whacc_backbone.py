"""Check of the reader of WhACC's backbone, against tf_keras.

WhACC's weights are not available. So ``write`` creates a network with random weights in
tf_keras, which is Keras 2 as in WhACC's environment, and stores it in the layout of
WhACC's SavedModel. ``compare`` reads it and compares units of the same images.

    python3 -m venv /tmp/keras2 && /tmp/keras2/bin/pip install tensorflow tf_keras
    /tmp/keras2/bin/python tests/bench/whacc_backbone.py write FOLDER
    PYTHONPATH=. .venv/bin/python tests/bench/whacc_backbone.py compare FOLDER [HEAD]

HEAD is the folder final_model_HEAD of WhACC's wheel.
"""

import sys
from pathlib import Path

import numpy as np

SAVED_MODEL, WEIGHTS, EXPECTED = "full_model", "keras2_weights.h5", "expected.npz"


def main() -> None:
    if len(sys.argv) < 3:
        print("Not measured: see the first lines of tests/bench/whacc_backbone.py.")
        return
    {"write": write, "compare": compare}[sys.argv[1]](Path(sys.argv[2]))
    if sys.argv[3:]:
        describe_head(sys.argv[3])


def write(folder: Path) -> None:
    import tf_keras as keras

    folder.mkdir(parents=True, exist_ok=True)
    model = whacc_model(keras)
    randomize(model, keras)
    model.save(folder / SAVED_MODEL, save_format="tf")
    model.save_weights(folder / WEIGHTS)
    images = np.random.default_rng(1).uniform(-1, 1, (16, 96, 96, 3))
    images = images.astype(np.float32)
    # WhACC removes the head in this way.
    cut = keras.Model(model.input, model.layers[191].output)
    np.savez(
        folder / EXPECTED,
        images=images,
        units=cut.predict(images, verbose=0),
        scores=model.predict(images, verbose=0),
    )


def whacc_model(keras):
    base = keras.applications.ResNet50V2(
        input_shape=(96, 96, 3), weights=None, include_top=False
    )
    pooled = keras.layers.GlobalAveragePooling2D()(base.output)
    units = keras.layers.Dense(2048, activation="relu")(pooled)
    score = keras.layers.Dense(1, activation="sigmoid")(units)
    model = keras.Model(base.input, score)
    metrics = [keras.metrics.BinaryAccuracy(name="bool_acc"), keras.metrics.AUC()]
    optimizer = keras.optimizers.RMSprop(learning_rate=1e-5)
    model.compile(optimizer, "binary_crossentropy", metrics)
    return model


def randomize(model, keras) -> None:
    """Set random values in all layers, so that exchanged weights show."""
    rng = np.random.default_rng(0)
    for layer in model.layers:
        values = layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            low, high = [0.5, -0.2, -0.2, 0.5], [1.5, 0.2, 0.2, 1.5]
            values = [
                rng.uniform(*ends, value.shape)
                for *ends, value in zip(low, high, values, strict=True)
            ]
        elif len(values) == 2:
            values[1] = rng.normal(0, 0.05, values[1].shape)
        layer.set_weights(values)


def compare(folder: Path) -> None:
    from models_ml.whacc.backbone import read_whacc_backbone

    expected = np.load(folder / EXPECTED)
    print(
        f"{'read from':20}{'largest unit':>14}{'units apart':>14}{'scores apart':>14}"
    )
    for name in (SAVED_MODEL, WEIGHTS):
        read = read_whacc_backbone(folder / name)
        units = read.model.predict(expected["images"], verbose=0)
        sums = units @ read.head.kernel + read.head.bias
        apart = np.abs(units - expected["units"]) / np.maximum(1, np.abs(units))
        scores_apart = np.abs(1 / (1 + np.exp(-sums)) - expected["scores"])
        print(
            f"{name:20}{units.max():14.3f}{apart.max():14.1e}{scores_apart.max():14.1e}"
        )


def describe_head(folder: str) -> None:
    from models_ml.whacc.backbone import read_whacc_head

    head = read_whacc_head(folder)
    stored = read_whacc_head(
        Path(__file__).resolve().parents[1] / "data" / "whacc_head"
    )
    same = np.array_equal(head.kernel, stored.kernel) and head.bias == stored.bias
    print(
        f"{folder}: kernel {head.kernel.shape}, bias {head.bias}; "
        f"equal to tests/data: {same}"
    )


if __name__ == "__main__":
    main()
