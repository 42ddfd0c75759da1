"""The catalog of model versions: which there are, by number, and who may see them."""

from django.db.models import QuerySet

from labeling.domain.versions.store import WEIGHTS_MISSING, shipped_version
from labeling.errors import LabelingError, NotFoundError
from labeling.models import ModelVersion, User


def versions_for(user: User) -> QuerySet[ModelVersion]:
    """Return the versions that this user may see: none for annotators."""
    versions = ModelVersion.objects.select_related("parent", "snapshot", "created_by")
    return versions if user.sees_everything else versions.none()


def version_for(user: User, pk: int) -> ModelVersion:
    """Return a version that this user may see."""
    version = versions_for(user).select_related("backbone", "job").filter(pk=pk).first()
    if version is None:
        raise NotFoundError(f"There is no model version {pk} that you may see.")
    return version


def version_numbered(number: int) -> ModelVersion:
    """Return the version of this number."""
    version = ModelVersion.objects.filter(number=number).first()
    if version is None:
        numbers = ModelVersion.objects.order_by("number").values_list(
            "number", flat=True
        )
        raise LabelingError(
            f"There is no model version {number}. "
            f"Choose one of {', '.join(map(str, numbers)) or 'none yet'}."
        )
    return version


def able_versions() -> QuerySet[ModelVersion]:
    """Return the versions that can score, the newest first."""
    return ModelVersion.objects.exclude(backbone__sha256=WEIGHTS_MISSING)


def latest_version() -> ModelVersion:
    """Return the newest version that can score; if there is none, the shipped one."""
    return able_versions().first() or shipped_version()
