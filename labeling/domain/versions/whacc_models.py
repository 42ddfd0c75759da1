"""Import of WhACC's classifiers and CNN as model versions."""

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.db.models import QuerySet

from labeling.domain.versions.store import (
    CLASSIFIER,
    WEIGHTS_MISSING,
    VersionDraft,
    classifier_of,
    create_version,
    models_root,
    save_file,
    version_numbers_locked,
)
from labeling.errors import translated_core_errors
from labeling.models import Backbone, ModelVersion
from models_ml.cnn import resnet
from models_ml.cnn.backbone import load_backbone, preprocessing
from models_ml.whacc.arrays import WhaccBackboneError
from models_ml.whacc.backbone import Head, WhaccBackbone, read_whacc_backbone
from models_ml.whacc.model import THRESHOLD, WhaccModel, read_whacc_model

KIND = "resnet50v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedModel:
    """A version of a WhACC classifier; `is_new` unless it was imported before."""

    version: ModelVersion
    is_new: bool

    @property
    def can_score(self) -> bool:
        """Whether the weights of its CNN were imported."""
        return self.version.backbone.sha256 != WEIGHTS_MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBackbone:
    """WhACC's CNN, and the versions that can score now that it was imported."""

    backbone: Backbone
    is_new: bool
    versions: list[ModelVersion]


def import_whacc_model(path: Path) -> ImportedModel:
    """Record a classifier from WhACC's wheel or pickle, once for each CNN.

    Its CNN is the WhACC CNN that was imported last. If none was imported yet, the
    version cannot score until one is.
    """
    with translated_core_errors():
        model = read_whacc_model(path)
    return _recorded(
        VersionDraft(
            backbone=_whacc_backbone(),
            feature_set=json.loads(model.feature_set.to_json()),
            classifier_text=model.classifier.text,
            threshold=THRESHOLD,
            origin=_origin(model),
        )
    )


def import_whacc_backbone(path: Path) -> ImportedBackbone:
    """Record WhACC's CNN, and a version that can score for each that waits for it."""
    with translated_core_errors():
        network = read_whacc_backbone(path)
    backbone, is_new = _recorded_backbone(network)
    waiting = ModelVersion.objects.filter(backbone__sha256=WEIGHTS_MISSING)
    imported = [
        _recorded(
            VersionDraft(
                backbone=backbone,
                feature_set=version.feature_set,
                classifier_text=classifier_of(version).text,
                threshold=THRESHOLD,
                parent=version,
                origin=version.origin,
            )
        )
        for version in waiting.order_by("number")
    ]
    return ImportedBackbone(
        backbone=backbone,
        is_new=is_new,
        versions=[one.version for one in imported if one.is_new],
    )


def _recorded(draft: VersionDraft) -> ImportedModel:
    """Return the version of this classifier on this CNN; record it once."""
    file = save_file(CLASSIFIER, draft.classifier_text.encode())
    with version_numbers_locked():
        version = ModelVersion.objects.filter(
            backbone=draft.backbone,
            files__contains={CLASSIFIER: {"sha256": file["sha256"]}},
        ).first()
        if version is not None:
            return ImportedModel(version=version, is_new=False)
        return ImportedModel(version=create_version(draft), is_new=True)


def _whacc_backbone() -> Backbone:
    """Return WhACC's CNN, or a row without weights until they are imported."""
    if backbone := _with_weights().last():
        return backbone
    backbone, _ = Backbone.objects.get_or_create(
        kind=KIND,
        sha256=WEIGHTS_MISSING,
        preprocessing=preprocessing(resnet.INPUT_PX, resnet.PADDING),
        defaults={
            "name": "WhACC's ResNet50V2 (weights not imported)",
            "input_px": resnet.INPUT_PX,
            "n_units": resnet.N_UNITS,
            "weights": "",
        },
    )
    return backbone


def _recorded_backbone(network: WhaccBackbone) -> tuple[Backbone, bool]:
    """Return the row of a CNN and whether it is new; weights are saved by Keras 3."""
    for known in _with_weights():
        if _is_same(known, network):
            return known, False
    root = models_root()
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root, prefix=".import-") as folder:
        written = Path(folder) / f"{KIND}.weights.h5"
        network.model.save_weights(written)
        weights = save_file(written.name, written.read_bytes())
    with translated_core_errors():
        read = load_backbone(KIND, root / weights["path"])
    return Backbone.objects.get_or_create(
        kind=read.kind,
        sha256=read.sha256,
        preprocessing=read.preprocessing,
        defaults={
            "name": f"WhACC's ResNet50V2 {read.sha256[:8]}",
            "input_px": read.input_px,
            "n_units": read.n_units,
            "weights": weights["path"],
            "head": {} if network.head is None else _saved_head(network.head),
        },
    )


def _with_weights() -> QuerySet[Backbone]:
    imported = Backbone.objects.filter(kind=KIND, parent=None)
    imported = imported.exclude(sha256=WEIGHTS_MISSING)
    return imported.order_by("pk")


def _is_same(known: Backbone, network: WhaccBackbone) -> bool:
    """Whether a backbone has these weights; files may differ in names only."""
    try:
        saved = read_whacc_backbone(models_root() / known.weights)
    except WhaccBackboneError:
        return False
    pairs = zip(saved.model.get_weights(), network.model.get_weights(), strict=True)
    same_head = network.head is None or known.head == _saved_head(network.head)
    return same_head and all(np.array_equal(one, other) for one, other in pairs)


def _saved_head(head: Head) -> dict[str, Any]:
    """Save the last layer as float32: the weights of 2,048 units, then the bias."""
    values = np.concatenate([head.kernel.ravel(), head.bias])
    return save_file("cnn_head.f4", values.astype("<f4").tobytes())


def _origin(model: WhaccModel) -> str:
    source = f"WhACC {model.release}" if model.release else "WhACC, a lab's own"
    return f"{source}: {model.name}, sha256 {model.sha256}"
