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

from labeling.errors import LabelingError, translated_core_errors
from labeling.models import (
    Backbone,
    Job,
    LabelSnapshot,
    ModelVersion,
    Publication,
    Session,
    User,
)
from models_ml.atomic_file import replaced_file
from models_ml.cnn.backbone import Backbone as Network
from models_ml.cnn.backbone import load_backbone
from models_ml.features.feature_set import FeatureSet
from models_ml.shipped import (
    WEIGHTS,
    ShippedModel,
    shipped_model,
)
from models_ml.trees.classifier import Classifier
from models_ml.whacc.arrays import WAYS_ON, WHACC_FOLDER

CLASSIFIER = "classifier.txt"

# The fingerprint of a backbone whose classifier came here before its weights.
WEIGHTS_MISSING = ""


def models_root() -> Path:
    """Return the folder below which the files of model versions lie."""
    return Path(settings.WHACC_MODELS_ROOT).resolve()


def feature_set_of(version: ModelVersion) -> FeatureSet:
    """Return the temporal features that a version's classifier takes."""
    return FeatureSet.from_json(json.dumps(version.feature_set))


def classifier_of(version: ModelVersion) -> Classifier:
    """Return a version's classifier, its file checked against its sha256."""
    text = classifier_text_of(version)
    with translated_core_errors():
        return Classifier.from_text(text)


def classifier_text_of(version: ModelVersion) -> str:
    """Return the text of a version's trees as it was made with them."""
    entry: dict[str, Any] | None = version.files.get(CLASSIFIER)
    if entry is None:
        raise LabelingError(
            f"Expected files of {version}, found that it was recorded without any: "
            "choose another version."
        )
    try:
        text: bytes = (models_root() / str(entry["path"])).read_bytes()
    except OSError as error:
        raise LabelingError(
            f"Expected the file {entry['path']} of {version} below the models root, "
            f"found none that can be read ({error.strerror}): restore it from a backup."
        ) from error
    if hashlib.sha256(text).hexdigest() != entry["sha256"]:
        raise LabelingError(
            f"Expected {entry['path']} as {version} was made with it, found another "
            "content: restore it from a backup."
        )
    return text.decode()


def network_of(backbone: Backbone) -> Network:
    """Return the CNN of a backbone, its weights checked."""
    weights = weights_of(backbone)
    with translated_core_errors():
        network = load_backbone(backbone.kind, weights)
    if (network.sha256, network.preprocessing) != (
        backbone.sha256,
        backbone.preprocessing,
    ):
        raise LabelingError(
            f"Expected the weights and preprocessing that {backbone} was recorded "
            "with, found others: restore its file from a backup, or go back to the "
            "release that recorded it."
        )
    return network


def weights_of(backbone: Backbone) -> Path:
    """Return where the weights of a backbone lie, if they were ever imported."""
    if backbone.sha256 == WEIGHTS_MISSING:
        raise LabelingError(
            f"Expected the weights of {backbone}, which this version was made for; "
            "none were imported before it: import them with manage.py "
            f"import_whacc_backbone {WHACC_FOLDER}, which records a version that can "
            f"score. {WAYS_ON}."
        )
    return models_root() / backbone.weights


def shipped_version() -> ModelVersion:
    """Return the model that ships with the product, recorded once."""
    with translated_core_errors():
        model = shipped_model()
        network = load_backbone(model.backbone_kind, model.weights_path)
    with numbering():
        recorded = ModelVersion.objects.filter(
            snapshot=None,
            backbone__sha256=network.sha256,
            files__contains={CLASSIFIER: {"sha256": model.sha256[CLASSIFIER]}},
        ).first()
        return recorded or create_version(
            user=None,
            parent=None,
            backbone=_shipped_backbone(model, network),
            feature_set=json.loads(model.feature_set_path.read_text()),
            classifier_text=model.classifier_path.read_text(),
            parameters={},
            threshold=model.threshold,
            metrics=model.metrics,
            snapshot=None,
            origin=model.origin,
        )


def _shipped_backbone(model: ShippedModel, network: Network) -> Backbone:
    """Keep the shipped weights: a later release may ship others."""
    weights = keep_file(model.weights_path.name, model.weights_path.read_bytes())
    backbone, _ = Backbone.objects.get_or_create(
        kind=network.kind,
        sha256=network.sha256,
        preprocessing=network.preprocessing,
        defaults={
            "name": network.name,
            "input_px": network.input_px,
            "n_units": network.n_units,
            "weights": weights["path"],
        },
    )
    return backbone


def is_shipped(backbone: Backbone) -> bool:
    """Whether this is the backbone that ships with this release."""
    return backbone.sha256 == shipped_model().sha256[WEIGHTS]


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
    job: Job | None = None,
) -> ModelVersion:
    """Keep a trained model for ever: its file first, then the row that names it."""
    files = {CLASSIFIER: keep_file(CLASSIFIER, classifier_text.encode())}
    commit = code_version()
    with numbering():
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
            code_version=commit,
            created_by=user,
            job=job,
        )


@transaction.atomic
def publish_version(
    *, session: Session, version: ModelVersion, user: User | None = None
) -> None:
    """Make a version's scores the ones that a session shows."""
    others = Session.objects.filter(pk=session.pk).exclude(published_version=version)
    if others.update(published_version=version):
        Publication.objects.create(session=session, version=version, published_by=user)
    session.refresh_from_db(fields=["published_version"])


@transaction.atomic
def publish_first_version(*, session: Session, version: ModelVersion) -> None:
    """Make a version's scores the ones that a session shows, if it shows none yet."""
    unpublished = Session.objects.filter(pk=session.pk, published_version=None)
    if unpublished.update(published_version=version):
        Publication.objects.create(session=session, version=version)
    session.refresh_from_db(fields=["published_version"])


@contextmanager
def numbering() -> Iterator[None]:
    """Let one number versions at a time: no gaps and no doubles."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE labeling_modelversion IN EXCLUSIVE MODE")
        yield


def keep_file(name: str, content: bytes) -> dict[str, Any]:
    """Write a file under its own hash; what exists there has the same content."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = models_root() / sha256[:2] / f"{sha256}-{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with replaced_file(path) as part:
            part.write_bytes(content)
    relative = str(path.relative_to(models_root()))
    return {"path": relative, "sha256": sha256, "bytes": len(content)}


@cache
def code_version() -> str:
    """Return the commit that runs, or "unknown" outside a checkout."""
    describe = ["git", "describe", "--always", "--dirty"]
    try:
        git = subprocess.run(
            describe, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return git.stdout.strip() or "unknown"
