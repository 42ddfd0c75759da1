"""WhACC's classifiers, from WhACC's wheel or from a pickle of its retraining."""

import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models_ml.exceptions import CoreError
from models_ml.features.feature_set import FeatureBlock, FeatureSet
from models_ml.features.temporal import whacc_feature_set
from models_ml.trees.classifier import Classifier, ClassifierError
from models_ml.whacc.booster_pickle import (
    PICKLE_BYTES_MAX,
    WhaccPickleError,
    booster_state,
)

# WhACC tunes a threshold during training, but never uses it.
THRESHOLD = 0.5

_MEMBER = re.compile(r"whacc/whacc_data/final_model/light_GBM_model/[^/]+\.pkl")
_RELEASE = re.compile(r"whacc-([\w.]+)\.dist-info/METADATA")


class WhaccModelError(CoreError):
    """The file does not contain a classifier of WhACC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaccModel:
    """A classifier of WhACC.

    Parameters
    ----------
    classifier : Classifier
        Its scores are those of WhACC's ``predict``.
    feature_set : FeatureSet
        The features of the classifier.
    name : str
        File name of the pickle.
    release : str
        Release of WhACC that contains it; empty for a classifier that a lab trained.
    sha256 : str
        Fingerprint of the pickle, 64 hexadecimal digits.
    """

    classifier: Classifier
    feature_set: FeatureSet
    name: str
    release: str
    sha256: str


def read_whacc_model(path: str | Path) -> WhaccModel:
    """Read a classifier of WhACC. Nothing in the file is executed or unpickled.

    Parameters
    ----------
    path : str or Path
        WhACC's wheel, or a ``NNN_model.pkl``.

    Returns
    -------
    model : WhaccModel
        The classifier, with the trees that WhACC uses for prediction.

    Raises
    ------
    WhaccModelError
        If the file does not exist, is damaged or too large, or contains anything but a
        classifier of WhACC's 2,105 features.
    """
    path = Path(path)
    if not path.is_file():
        raise WhaccModelError(
            f"There is no file {path}. Choose WhACC's wheel or a pickled model; "
            "`pip download --no-deps whacc==1.4.3` downloads the wheel."
        )
    try:
        name, release, pickled = _pickle_of(path)
        classifier = _classifier(booster_state(pickled))
    except (WhaccPickleError, ClassifierError) as error:
        raise WhaccModelError(f"{path.name}: {error}") from error
    except OSError as error:
        raise WhaccModelError(f"{path} cannot be read: {error.strerror}.") from error
    feature_set = whacc_feature_set()
    _check_columns(path, classifier, feature_set)
    return WhaccModel(
        classifier=classifier,
        feature_set=feature_set,
        name=name,
        release=release,
        sha256=hashlib.sha256(pickled).hexdigest(),
    )


def _pickle_of(path: Path) -> tuple[str, str, bytes]:
    """Return the name of the pickle, WhACC's release if known, and the content."""
    with path.open("rb") as file:
        start = file.read(PICKLE_BYTES_MAX + 1)
    if not start.startswith(b"PK"):
        return path.name, "", start
    try:
        with zipfile.ZipFile(path) as wheel:
            return _member_of(wheel)
    # A damaged archive raises any of these.
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        if isinstance(error, WhaccPickleError):
            raise
        raise WhaccModelError(
            f"The wheel {path.name} is damaged ({error!s:.80}). Download it again with "
            "`pip download --no-deps whacc==1.4.3`."
        ) from error


def _member_of(wheel: zipfile.ZipFile) -> tuple[str, str, bytes]:
    members = [name for name in wheel.namelist() if _MEMBER.fullmatch(name)]
    if len(members) != 1:
        raise WhaccPickleError(
            f"The folder light_GBM_model of the wheel has {len(members)} pickles "
            "instead of one. Choose the wheel of WhACC 1.4.3."
        )
    releases = filter(None, map(_RELEASE.fullmatch, wheel.namelist()))
    release = next((match[1] for match in releases), "")
    with wheel.open(members[0]) as member:
        # The size in the archive's directory may be wrong, so reading is limited.
        pickled = member.read(PICKLE_BYTES_MAX + 1)
    return members[0].rpartition("/")[2], release, pickled


def _classifier(state: dict[str, Any]) -> Classifier:
    """Return the classifier with the trees that the Booster uses for prediction."""
    # LightGBM 3 and 4 have different names for the text.
    text = state.get("handle", state.get("_handle"))
    best = state.get("best_iteration", 0)
    if type(text) is not str or type(best) is not int:
        raise ClassifierError(
            "The Booster lacks the text of its trees or its best iteration. Write the "
            "file again from a trained Booster."
        )
    classifier = Classifier.from_text(text)
    if 0 < best < classifier.n_trees:
        return classifier.first_trees(best)
    return classifier


def _check_columns(path: Path, classifier: Classifier, feature_set: FeatureSet) -> None:
    if classifier.n_columns != feature_set.n_columns:
        raise WhaccModelError(
            f"The classifier in {path.name} has {classifier.n_columns:,} features, "
            f"WhACC's has {feature_set.n_columns:,}. Models with other features cannot "
            "be imported."
        )
    names = classifier.column_names
    unnamed = tuple(f"Column_{number}" for number in range(len(names)))
    if names not in (unnamed, whacc_names(feature_set)):
        raise WhaccModelError(
            f"The features in {path.name} have other names or another order than "
            "WhACC's. Models with other features cannot be imported."
        )


def whacc_names(feature_set: FeatureSet) -> tuple[str, ...]:
    """Return WhACC's names of the columns of a feature set.

    Parameters
    ----------
    feature_set : FeatureSet
        Any feature set.

    Returns
    -------
    names : tuple of str
        Such as ``original_shift_-2_1881``, in the order of the columns.
    """
    names: list[str] = []
    for block in feature_set.blocks:
        transform = _whacc_transform(block)
        if block.units is None:
            names.append(f"FD_TOTAL_std_1_of_{transform}")
        else:
            names += [f"{transform}_{unit}" for unit in block.units]
    return tuple(names)


def _whacc_transform(block: FeatureBlock) -> str:
    frames = block.parameter
    return {
        "original": "original",
        "shift": f"original_shift_{frames}",
        "diff": f"original_diff_periods_{frames}",
        "rolling_mean": f"original_rolling_mean_W_{frames}_SFC_0_MP_{frames}",
        "rolling_std": f"original_rolling_std_W_{frames}_SFC_0_MP_{frames}",
    }[block.transform]
