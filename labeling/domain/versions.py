"""Model versions: where their files lie, how one is made, which one is published."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from labeling.errors import LabelingError
from labeling.models import Backbone, LabelSnapshot, ModelVersion, Session, User
from models_ml.atomic_file import replaced_file
from models_ml.backbone import Backbone as Network
from models_ml.backbone import BackboneError, load_backbone
from models_ml.classifier import Classifier, ClassifierError
from models_ml.feature_set import FeatureSet
from models_ml.shipped import ShippedModel, ShippedModelError, shipped_model

CLASSIFIER = "classifier.txt"


def models_root() -> Path:
    """Return the folder below which the files of model versions lie."""
    return Path(settings.WHACC_MODELS_ROOT).resolve()


def latest_version() -> ModelVersion:
    """Return the newest version; on a new installation, the shipped one."""
    return ModelVersion.objects.order_by("number").last() or shipped_version()


def version_numbered(number: int) -> ModelVersion:
    """Return a version by its number."""
    version = ModelVersion.objects.filter(number=number).first()
    if version is None:
        numbers = list(ModelVersion.objects.values_list("number", flat=True))
        raise LabelingError(
            f"Expected a model version of {sorted(numbers)}, found {number}."
        )
    return version


def feature_set_of(version: ModelVersion) -> FeatureSet:
    """Return the temporal features that a version's classifier takes."""
    return FeatureSet.from_json(json.dumps(version.feature_set))


def classifier_of(version: ModelVersion) -> Classifier:
    """Return a version's classifier, its file checked against its sha256."""
    entry = version.files[CLASSIFIER]
    text = (models_root() / entry["path"]).read_bytes()
    if hashlib.sha256(text).hexdigest() != entry["sha256"]:
        raise LabelingError(
            f"Expected {entry['path']} as {version} was made with it, found another "
            "content: restore the file from a backup of the models root."
        )
    with _core_errors_in_a_sentence():
        return Classifier.from_text(text.decode())


def network_of(backbone: Backbone) -> Network:
    """Return the CNN of a backbone, its weights loaded and checked."""
    with _core_errors_in_a_sentence():
        if is_shipped(backbone):
            weights = shipped_model().weights_path
        else:
            weights = models_root() / backbone.weights
        network = load_backbone(backbone.kind, weights)
    if network.sha256 != backbone.sha256:
        raise LabelingError(
            f"Expected the weights that {backbone} was recorded with, found others in "
            f"{weights.name}: restore the file from a backup."
        )
    return network


def shipped_version() -> ModelVersion:
    """Return the model that ships with the product, recorded once."""
    with _core_errors_in_a_sentence():
        model = shipped_model()
    recorded = ModelVersion.objects.filter(
        origin=model.origin, files__contains={CLASSIFIER: _shipped_file(model)}
    ).first()
    if recorded:
        return recorded
    network = load_backbone(model.backbone_kind, model.weights_path)
    backbone, _ = Backbone.objects.get_or_create(
        kind=network.kind,
        sha256=network.sha256,
        defaults={
            "name": network.name,
            "input_px": network.input_px,
            "n_units": network.n_units,
            "preprocessing": network.preprocessing,
            "weights": "",
        },
    )
    return create_version(
        user=None,
        parent=None,
        backbone=backbone,
        feature_set=json.loads(model.feature_set_path.read_text()),
        classifier_text=model.classifier_path.read_text(),
        parameters={},
        threshold=model.threshold,
        metrics=model.metrics,
        snapshot=None,
        origin=model.origin,
    )


def is_shipped(backbone: Backbone) -> bool:
    """Whether this is the backbone that ships with the product."""
    return not backbone.weights


def _shipped_file(model: ShippedModel) -> dict[str, str]:
    return {"sha256": model.sha256[CLASSIFIER]}


def create_version(
    *,
    user: User | None,
    parent: ModelVersion | None,
    backbone: Backbone,
    feature_set: dict[str, Any],
    classifier_text: str,
    parameters: dict[str, Any],
    threshold: float,
    metrics: dict[str, Any],
    snapshot: LabelSnapshot | None,
    origin: str,
) -> ModelVersion:
    """Keep a trained model for ever: its file first, then the row that names it."""
    files = {CLASSIFIER: _keep_file(CLASSIFIER, classifier_text.encode())}
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Numbers have no gaps and no doubles, however many train at once.
            cursor.execute(
                f"LOCK TABLE {ModelVersion._meta.db_table} IN EXCLUSIVE MODE"
            )
        last = ModelVersion.objects.aggregate(last=Max("number", default=0))["last"]
        return ModelVersion.objects.create(
            number=last + 1,
            parent=parent,
            backbone=backbone,
            feature_set=feature_set,
            parameters=parameters,
            threshold=threshold,
            metrics=metrics,
            files=files,
            snapshot=snapshot,
            origin=origin,
            code_version=code_version(),
            created_by=user,
        )


def publish_version(*, session: Session, version: ModelVersion) -> None:
    """Make a version's scores the ones that a session shows."""
    session.published_version = version
    session.save(update_fields=["published_version"])


def _keep_file(name: str, content: bytes) -> dict[str, Any]:
    """Write a file under its own hash; what exists there has the same content."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = models_root() / sha256[:2] / f"{sha256}-{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with replaced_file(path) as part:
            part.write_bytes(content)
    relative = str(path.relative_to(models_root()))
    return {"path": relative, "sha256": sha256, "bytes": len(content)}


@contextmanager
def _core_errors_in_a_sentence() -> Iterator[None]:
    """Hand on what the core says of files that it cannot use."""
    try:
        yield
    except (BackboneError, ClassifierError, ShippedModelError) as error:
        raise LabelingError(str(error)) from error


@cache
def code_version() -> str:
    """Return the commit that runs, or "unknown" outside a checkout."""
    git = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return git.stdout.strip() or "unknown"
