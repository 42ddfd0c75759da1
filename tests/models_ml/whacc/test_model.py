"""Wheels and pickles as WhACC has them, around trees that are grown here."""

import copyreg
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from models_ml.features.temporal import whacc_feature_set
from models_ml.whacc.model import WhaccModelError, read_whacc_model, whacc_names

DATA = Path(__file__).parents[2] / "data"
FOLDER = "whacc/whacc_data/final_model/light_GBM_model"
N_COLUMNS = 2105


class AsLightgbm3Writes(pickle.Pickler):
    """Pickles a Booster with the attributes that LightGBM 3.3.5 gives it."""

    def reducer_override(self, value):
        import lightgbm

        if not isinstance(value, lightgbm.Booster):
            return NotImplemented
        state = {
            "handle": value.model_to_string(num_iteration=-1),
            "network": False,
            "best_iteration": value.best_iteration,
            "best_score": value.best_score,
            "params": value.params,
        }
        return copyreg.__newobj__, (lightgbm.Booster,), state


def pickled_as_whacc_does(booster) -> bytes:
    file = io.BytesIO()
    AsLightgbm3Writes(file, protocol=4).dump(booster)
    return file.getvalue()


def wheel_of(path: Path, pickled: bytes, *, name: str = "016_model.pkl") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("whacc/__init__.py", "raise SystemExit('imported')")
        wheel.writestr(f"{FOLDER}/{name}", pickled)
        wheel.writestr("whacc-1.4.3.dist-info/METADATA", "Name: whacc")
    return path


@pytest.fixture(scope="module")
def features():
    """Features with gaps that WhACC 1.4.3 computed."""
    return np.load(DATA / "whacc_features.npz")["features"]


@pytest.fixture(scope="module")
def booster(features):
    """Trees that were grown past the best fit, as a stopped training leaves them."""
    import lightgbm

    labels = features[:, 300] > np.nanmedian(features[:, 300])
    labels ^= np.random.default_rng(0).random(len(labels)) < 0.2
    names = list(whacc_names(whacc_feature_set()))
    booster = lightgbm.train(
        {"objective": "binary", "metric": "auc", "verbosity": -1, "num_threads": 1},
        lightgbm.Dataset(features, labels, feature_name=names),
        20,
    )
    booster.best_iteration = 12
    booster.best_score["valid_0"]["auc"] = np.float64(0.9)
    return booster


@pytest.mark.parametrize("write", [pickle.dumps, pickled_as_whacc_does])
def test_a_pickle_gives_the_scores_that_whacc_would(tmp_path, booster, features, write):
    path = tmp_path / "012_model.pkl"
    path.write_bytes(write(booster))

    model = read_whacc_model(path)

    # LightGBM predicts with the trees up to the best fit, and pickles all of them.
    assert (booster.num_trees(), model.classifier.n_trees) == (20, 12)
    scores = model.classifier.scores(features)
    assert scores.tolist() == booster.predict(features).tolist()
    assert (model.name, model.release) == ("012_model.pkl", "")
    assert model.feature_set == whacc_feature_set()


def test_a_wheel_gives_its_model_and_release(tmp_path, booster, features):
    pickled = pickled_as_whacc_does(booster)
    path = wheel_of(tmp_path / "whacc-1.4.3-py3-none-any.whl", pickled)

    model = read_whacc_model(path)

    assert (model.name, model.release) == ("016_model.pkl", "1.4.3")
    scores = model.classifier.scores(features)
    assert scores.tolist() == booster.predict(features).tolist()


def refused(path: Path) -> str:
    with pytest.raises(WhaccModelError) as caught:
        read_whacc_model(path)
    return str(caught.value)


def test_a_truncated_wheel_is_refused(tmp_path, booster):
    path = wheel_of(tmp_path / "a.whl", pickled_as_whacc_does(booster))
    whole = path.read_bytes()
    for size in (2, 100, len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:size])

        assert refused(path).startswith("The wheel a.whl is damaged (")


def test_a_wheel_with_damaged_members_is_refused(tmp_path, booster):
    path = wheel_of(tmp_path / "a.whl", pickled_as_whacc_does(booster))
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 50] = bytes(50)
    path.write_bytes(whole)

    assert refused(path).startswith("The wheel a.whl is damaged (")


def test_a_wheel_that_unpacks_to_gigabytes_is_refused(tmp_path):
    path = wheel_of(tmp_path / "a.whl", bytes(80 * 1024**2))

    assert path.stat().st_size < 100_000
    assert refused(path) == (
        "a.whl: The pickle contains more than 64 MiB, so WhACC did not write it. "
        "Nothing in it was executed. Choose another file."
    )


@pytest.mark.parametrize("name", ["model.txt", "deeper/016_model.pkl"])
def test_a_wheel_without_the_model_is_refused(tmp_path, name):
    path = wheel_of(tmp_path / "a.whl", b"", name=name)

    assert "light_GBM_model of the wheel has 0 pickles instead of one" in refused(path)


def test_a_truncated_pickle_is_refused(tmp_path, booster):
    path = tmp_path / "a.pkl"
    whole = pickled_as_whacc_does(booster)
    for size in (0, 1, 60, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])

        assert refused(path).startswith("a.pkl: The pickle is damaged (")


def test_damaged_trees_in_a_whole_pickle_are_refused(tmp_path, booster):
    path = tmp_path / "a.pkl"
    whole = pickled_as_whacc_does(booster)
    path.write_bytes(whole.replace(b"left_child=", b"left_chill=", 1))

    assert refused(path) == (
        "a.pkl: The classifier is not a valid LightGBM model: in tree "
        "0, the field left_chill is unknown. Choose another file."
    )


def test_a_booster_without_trees_is_refused(tmp_path):
    path = tmp_path / "a.pkl"
    path.write_bytes(b"\x80\x02clightgbm.basic\nBooster\n)\x81}X\x01\x00\x00\x00aNsb.")

    assert "The Booster lacks the text of its trees" in refused(path)


def test_a_classifier_of_other_features_is_refused(tmp_path, booster):
    import lightgbm

    path = tmp_path / "a.pkl"
    few = lightgbm.train(
        {"objective": "binary", "verbosity": -1},
        lightgbm.Dataset(np.arange(100.0)[:, None], np.arange(100) > 40),
        2,
    )
    path.write_bytes(pickled_as_whacc_does(few))
    assert "The classifier in a.pkl has 1 features, WhACC's has 2,105." in (
        refused(path)
    )

    whole = pickled_as_whacc_does(booster)
    renamed = whole.replace(b"original_shift_-2_", b"original_shift_-9_")
    path.write_bytes(renamed)
    assert "The features in a.pkl have other names or another order" in refused(path)


def test_a_file_that_is_not_there_is_named_with_where_to_get_it(tmp_path):
    assert refused(tmp_path / "whacc.whl") == (
        f"There is no file {tmp_path}/whacc.whl. Choose WhACC's wheel or a pickled "
        "model; `pip download --no-deps whacc==1.4.3` downloads the wheel."
    )
