"""What earlier classifiers were trained on, to keep learning from it.

The shipped classifier's training units ship with it. WhACC's training data are a
download of 3 GB; who has them imports them once, and they are kept below the models
root: arrays, each with the hash that the description beside them names.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.versions.store import feature_set_of, is_shipped, models_root
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import ModelVersion
from models_ml.atomic_file import replaced_file
from models_ml.features.feature_set import FeatureSet
from models_ml.features.temporal import whacc_feature_set
from models_ml.training.labelled_trials import LabelledTrial
from models_ml.training.shipped_trials import shipped_trials
from models_ml.whacc.training_data import read_whacc_training_data

WHACC_BACKBONE_KIND = "resnet50v2"
ARRAYS = ("features", "labels", "lengths")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedData:
    """What was taken over from WhACC."""

    n_frames: int
    n_runs: int
    touch_share: float


def import_whacc_training_data(folder: Path) -> ImportedData:
    """Keep the set that WhACC's classifier was trained on, whole or not at all."""
    with translated_core_errors():
        data = read_whacc_training_data(folder)
    hashes = {name: _kept(name, getattr(data, name)) for name in ARRAYS}
    # What this does not name is not there: it comes last.
    with replaced_file(_folder() / "description.json") as part:
        part.write_text(json.dumps(hashes), encoding="utf-8")
    return ImportedData(
        n_frames=len(data.labels),
        n_runs=len(data.lengths),
        touch_share=float(data.labels.mean()),
    )


def has_old_data(parent: ModelVersion) -> bool:
    """Whether what this version's kind was trained on first is here."""
    return is_shipped(parent.backbone) or (_is_whaccs(parent) and bool(_description()))


def old_trials(parent: ModelVersion, feature_set: FeatureSet) -> list[LabelledTrial]:
    """Return trials of the data that `has_old_data` speaks of."""
    if is_shipped(parent.backbone):
        return shipped_trials(feature_set, weight=1.0)
    arrays = {name: _array(name, sha256) for name, sha256 in _description().items()}
    ends = np.cumsum(arrays["lengths"])
    return [
        LabelledTrial(
            features=arrays["features"][end - length : end],
            labels=arrays["labels"][end - length : end],
            role="train",
            weight=1.0,
        )
        for end, length in zip(ends.tolist(), arrays["lengths"].tolist(), strict=True)
    ]


def _is_whaccs(version: ModelVersion) -> bool:
    return (
        version.backbone.kind == WHACC_BACKBONE_KIND
        and feature_set_of(version) == whacc_feature_set()
    )


def _folder() -> Path:
    return models_root() / "whacc_training_data"


def _kept(name: str, array: Any) -> str:
    path = _folder() / f"{name}.npy"
    with replaced_file(path) as part, part.open("wb") as file:
        np.save(file, array, allow_pickle=False)
    return _sha256(path)


def _description() -> dict[str, str]:
    try:
        text = (_folder() / "description.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, str] = json.loads(text)
    return found


def _array(name: str, sha256: str) -> Any:
    path = _folder() / f"{name}.npy"
    if not path.is_file() or _sha256(path) != sha256:
        raise LabelingError(
            f"Expected WhACC's training data as they were imported, found another "
            f"content in {path}: run `manage.py import_whacc_training_data` again."
        )
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
