import json

import pytest

from models_ml.features.feature_set import FeatureBlock, FeatureSet, compact
from models_ml.features.temporal import whacc_feature_set

EMPTY = '{"name": "empty", "n_units": 1, "blocks": []}'


def small_set(**over):
    blocks = (
        FeatureBlock(transform="rolling_mean", parameter=3, units=None),
        FeatureBlock(transform="shift", parameter=-2, units=(4, 1)),
        FeatureBlock(transform="original", parameter=0, units=(1, 5)),
    )
    return FeatureSet(**({"name": "small", "n_units": 6, "blocks": blocks} | over))


def test_the_published_set_has_the_published_columns():
    feature_set = whacc_feature_set()

    counts = {}
    for block in feature_set.blocks:
        key = "spread" if block.units is None else block.transform
        counts[key] = counts.get(key, 0) + block.n_columns
    # The table of the published selection, summed by transform.
    assert counts == {
        "spread": 10,
        "diff": 225,
        "rolling_mean": 1106,
        "rolling_std": 348,
        "shift": 323,
        "original": 93,
    }
    assert feature_set.n_columns == 2105
    assert feature_set.units_needed == tuple(range(2048))


def test_the_sha256_of_the_published_set_never_changes():
    assert whacc_feature_set().sha256 == (
        "ad9f6f3538c3f77385e8fbcf3972166582cc1c5143ae5b1ca816f6a0ff786cc6"
    )


def test_the_compact_set_has_the_same_columns_for_every_unit():
    feature_set = compact(5)

    assert feature_set.n_columns == 3 + 21 * 5
    assert feature_set.n_units == 5
    assert {block.units for block in feature_set.blocks} == {None, (0, 1, 2, 3, 4)}


def test_the_margin_is_the_distance_to_the_furthest_frame():
    assert whacc_feature_set().margin == 50
    assert compact(3).margin == 20
    assert small_set().margin == 2
    assert small_set(blocks=small_set().blocks[2:]).margin == 0


def test_only_used_units_are_needed():
    assert small_set(blocks=small_set().blocks[1:]).units_needed == (1, 4, 5)
    assert small_set().units_needed == (0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("feature_set", [small_set(), compact(3), whacc_feature_set()])
def test_a_set_read_from_its_json_is_equal(feature_set):
    again = FeatureSet.from_json(feature_set.to_json())

    assert again == feature_set
    assert again.sha256 == feature_set.sha256


def test_another_order_has_another_sha256():
    reversed_set = small_set(blocks=small_set().blocks[::-1])

    assert reversed_set.sha256 != small_set().sha256


@pytest.mark.parametrize(
    "block",
    [
        ["rolling_mean", 4, [0]],
        ["rolling_std", 1, [0]],
        ["shift", 0, [0]],
        ["original", 2, [0]],
        ["spectrum", 3, [0]],
        ["original", 0, []],
        ["original", 0, [-1]],
        ["original", 0, [6]],
        ["original", 0],
        ["original", "0", [1]],
        ["shift", 1.5, [1]],
        ["shift", 1, [0.5]],
        ["shift", 1, "ab"],
    ],
)
def test_an_invalid_block_raises(block):
    definition = {"name": "bad", "n_units": 6, "blocks": [block]}

    with pytest.raises(ValueError, match="Expected"):
        FeatureSet.from_json(json.dumps(definition))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name":"a","n_units":1,"blocks":[]}']
)
def test_text_that_is_not_a_feature_set_raises(text):
    with pytest.raises(ValueError, match="Expect"):
        FeatureSet.from_json(text)


def test_a_set_with_spreads_only_is_valid():
    assert small_set(blocks=small_set().blocks[:1]).n_columns == 1


def test_selected_columns_stay_in_order():
    feature_set = FeatureSet(
        name="some",
        n_units=9,
        blocks=(
            FeatureBlock(transform="diff", parameter=1, units=(8, 2, 5)),
            FeatureBlock(transform="original", parameter=0, units=None),
            FeatureBlock(transform="shift", parameter=2, units=(1,)),
        ),
    )

    only = feature_set.only([3, 2, 0])

    assert only.n_units == 9
    assert [(b.transform, b.parameter, b.units) for b in only.blocks] == [
        ("diff", 1, (8, 5)),
        ("original", 0, None),
    ]
