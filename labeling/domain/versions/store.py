"""The store of model versions: their files, their creation, the published one."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from models_ml.cnn.backbone import channels_of, load_backbone
from models_ml.features.feature_set import FeatureSet
from models_ml.shipped import (
    WEIGHTS,
    ShippedModel,
    shipped_model,
)
from models_ml.trees.classifier import Classifier
from models_ml.whacc.arrays import DOWNLOAD_ADVICE, WHACC_FOLDER

CLASSIFIER = "classifier.txt"

# The sha256 of a backbone whose classifier was imported before its weights.
WEIGHTS_MISSING = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDraft:
    """A trained model that is not recorded yet.

    `snapshot` has the labels that it was trained on, `parent` the version before it;
    models from elsewhere have neither.
    """

    backbone: Backbone
    feature_set: dict[str, Any]
    classifier_text: str
    threshold: float
    origin: str
    parent: ModelVersion | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    snapshot: LabelSnapshot | None = None


def models_root() -> Path:
    """Return the folder that contains the files of all model versions."""
    return Path(settings.WHACC_MODELS_ROOT).resolve()


def feature_set_of(version: ModelVersion) -> FeatureSet:
    """Return the feature set of a version's classifier."""
    return FeatureSet.from_json(json.dumps(version.feature_set))


def classifier_of(version: ModelVersion) -> Classifier:
    """Return a version's classifier, after its file was checked against its sha256."""
    text = classifier_text_of(version)
    with translated_core_errors():
        return Classifier.from_text(text)


def classifier_text_of(version: ModelVersion) -> str:
    """Return the file of a version's classifier: LightGBM's text, checked."""
    entry: dict[str, Any] | None = version.files.get(CLASSIFIER)
    if entry is None:
        raise LabelingError(
            f"Version {version.number} has no files. Choose another version."
        )
    try:
        text: bytes = (models_root() / str(entry["path"])).read_bytes()
    except OSError as error:
        raise LabelingError(
            f"The file {entry['path']} of version {version.number} cannot be read "
            f"below the models root ({error.strerror}). Restore it from a backup."
        ) from error
    if hashlib.sha256(text).hexdigest() != entry["sha256"]:
        raise LabelingError(
            f"The file {entry['path']} of version {version.number} was changed. "
            "Restore it from a backup."
        )
    return text.decode()


def network_of(backbone: Backbone) -> Network:
    """Return the CNN of a backbone, after its weights were checked."""
    weights = weights_of(backbone)
    with translated_core_errors():
        network = load_backbone(
            backbone.kind, weights, channels=channels_of(backbone.preprocessing)
        )
    if (network.sha256, network.preprocessing) != (
        backbone.sha256,
        backbone.preprocessing,
    ):
        raise LabelingError(
            f"The weights or the preprocessing of {backbone} were changed. Restore its "
            "file from a backup, or return to the release that recorded it."
        )
    return network


def weights_of(backbone: Backbone) -> Path:
    """Return the path of a backbone's weights, if they were imported."""
    if backbone.sha256 == WEIGHTS_MISSING:
        raise LabelingError(
            f"This version needs the weights of {backbone}, which were not imported. "
            f"Import them with manage.py import_whacc_backbone {WHACC_FOLDER}, which "
            f"records a version that can score. {DOWNLOAD_ADVICE}"
        )
    return models_root() / backbone.weights


def shipped_version() -> ModelVersion:
    """Return the version of the model that ships with the product; record it once."""
    with translated_core_errors():
        model = shipped_model()
        network = load_backbone(model.backbone_kind, model.weights_path)
    with version_numbers_locked():
        recorded = ModelVersion.objects.filter(
            snapshot=None,
            backbone__sha256=network.sha256,
            files__contains={CLASSIFIER: {"sha256": model.sha256[CLASSIFIER]}},
        ).first()
        return recorded or create_version(
            VersionDraft(
                backbone=_shipped_backbone(model, network),
                feature_set=json.loads(model.feature_set_path.read_text()),
                classifier_text=model.classifier_path.read_text(),
                threshold=model.threshold,
                metrics=model.metrics,
                origin=model.origin,
            )
        )


def _shipped_backbone(model: ShippedModel, network: Network) -> Backbone:
    """Record the shipped backbone; its weights are copied, as releases may differ."""
    weights = save_file(model.weights_path.name, model.weights_path.read_bytes())
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
    """Whether this backbone ships with this release."""
    return backbone.sha256 == shipped_model().sha256[WEIGHTS]


def create_version(
    draft: VersionDraft, *, user: User | None = None, job: Job | None = None
) -> ModelVersion:
    """Record a trained model: first its file is saved, then the row that names it."""
    files = {CLASSIFIER: save_file(CLASSIFIER, draft.classifier_text.encode())}
    commit = code_version()
    with version_numbers_locked():
        last = ModelVersion.objects.aggregate(last=Max("number", default=0))["last"]
        return ModelVersion.objects.create(
            number=last + 1,
            parent=draft.parent,
            backbone=draft.backbone,
            feature_set=draft.feature_set,
            parameters=draft.parameters,
            threshold=draft.threshold,
            metrics=draft.metrics,
            files=files,
            snapshot=draft.snapshot,
            origin=draft.origin,
            code_version=commit,
            created_by=user,
            job=job,
        )


@transaction.atomic
def publish_version(
    *, session: Session, version: ModelVersion, user: User | None = None
) -> None:
    """Publish a version on a session: the session then shows its scores."""
    others = Session.objects.filter(pk=session.pk).exclude(published_version=version)
    if others.update(published_version=version):
        Publication.objects.create(session=session, version=version, published_by=user)
    session.refresh_from_db(fields=["published_version"])


@transaction.atomic
def publish_first_version(*, session: Session, version: ModelVersion) -> None:
    """Publish a version on a session that has no published version yet."""
    unpublished = Session.objects.filter(pk=session.pk, published_version=None)
    if unpublished.update(published_version=version):
        Publication.objects.create(session=session, version=version)
    session.refresh_from_db(fields=["published_version"])


@contextmanager
def version_numbers_locked() -> Iterator[None]:
    """Lock the table, so that version numbers have neither gaps nor duplicates."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE labeling_modelversion IN EXCLUSIVE MODE")
        yield


def save_file(name: str, content: bytes) -> dict[str, Any]:
    """Save a file under its sha256; a file that exists there has the same content."""
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
    """Return the running commit, or "unknown" outside a checkout."""
    describe = ["git", "describe", "--always", "--dirty"]
    try:
        git = subprocess.run(
            describe, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return git.stdout.strip() or "unknown"
