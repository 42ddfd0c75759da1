"""Old data: the training data of the first classifier, which retrains learn from too.

The training units of the shipped classifier are part of the product. WhACC's training
data are a download of 3 GB. An import stores them once below the models root, as arrays
with a description of their hashes.
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
    """The training data that an import stored."""

    n_frames: int
    n_runs: int
    touch_share: float


def import_whacc_training_data(folder: Path) -> ImportedData:
    """Store the training data of WhACC's classifier, completely or not at all."""
    with translated_core_errors():
        data = read_whacc_training_data(folder)
    hashes = {name: _store(name, getattr(data, name)) for name in ARRAYS}
    # The description comes last: arrays without it are ignored.
    with replaced_file(_folder() / "description.json") as part:
        part.write_text(json.dumps(hashes), encoding="utf-8")
    return ImportedData(
        n_frames=len(data.labels),
        n_runs=len(data.lengths),
        touch_share=float(data.labels.mean()),
    )


def has_old_data(parent: ModelVersion) -> bool:
    """Return whether the first training data of this kind of version are here."""
    return is_shipped(parent.backbone) or (
        _is_from_whacc(parent) and bool(_description())
    )


def old_trials(parent: ModelVersion, feature_set: FeatureSet) -> list[LabelledTrial]:
    """Return the trials of the old data for a version that has them."""
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


def _is_from_whacc(version: ModelVersion) -> bool:
    return (
        version.backbone.kind == WHACC_BACKBONE_KIND
        # A CNN that was trained here has other units than WhACC's training data.
        and version.backbone.parent_id is None
        and feature_set_of(version) == whacc_feature_set()
    )


def _folder() -> Path:
    return models_root() / "whacc_training_data"


def _store(name: str, array: Any) -> str:
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
            f"WhACC's training data in {path} are not those that were imported. Run "
            "`manage.py import_whacc_training_data` again."
        )
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
