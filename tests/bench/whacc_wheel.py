"""Check of the classifier in WhACC's wheel, against scores computed by WhACC.

``PYTHONPATH=. .venv/bin/python tests/bench/whacc_wheel.py WHEEL [FOLDER]``, where WHEEL
is the file of ``pip download --no-deps whacc==1.4.3``. It prints the largest difference
between scores for the features in tests/data, and for every pair ``features_X.npz``,
``features_X_lightgbm.npz`` in FOLDER.
"""

import sys
from pathlib import Path

import numpy as np

from models_ml.whacc.model import read_whacc_model

PAIRS = "features_*_lightgbm.npz"
DATA = Path(__file__).resolve().parents[1] / "data"


def main() -> None:
    if len(sys.argv) < 2:
        print("Not measured: WHEEL is missing (pip download --no-deps whacc==1.4.3).")
        return
    model = read_whacc_model(sys.argv[1])
    print(f"{model.name} of WhACC {model.release}, sha256 {model.sha256}")
    print(f"{model.classifier.n_trees} trees, {model.classifier.n_columns} features")
    print(f"{'features':24}{'frames':>8}{'apart at most':>16}{'labels flipped':>16}")
    for name, features, expected in cases(sys.argv[2:]):
        scores = model.classifier.scores(features)
        apart = np.abs(scores - expected).max()
        flipped = ((scores > 0.5) != (expected > 0.5)).sum()
        print(f"{name:24}{len(scores):8}{apart:16.1e}{flipped:16}")


def cases(folders: list[str]):
    stored = np.load(DATA / "whacc_features_lightgbm.npz")
    yield "tests/data", stored["features"], stored["scores"]
    for path in sorted(f for name in folders for f in Path(name).glob(PAIRS)):
        features = np.load(path.with_name(path.name.replace("_lightgbm", "")))
        scores = np.load(path)["yhat_raw_proba"]
        yield path.stem, features["final_features_2105"], scores


if __name__ == "__main__":
    main()
