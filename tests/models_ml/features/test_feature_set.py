import json

import pytest

from models_ml.features.feature_set import FeatureBlock, FeatureSet, compact
from models_ml.features.temporal import whacc_feature_set

EMPTY = '{"name": "empty", "n_units": 1, "blocks": []}'


def small_set(**over):
    blocks = (
        FeatureBlock(operation="rolling_mean", parameter=3, units=None),
        FeatureBlock(operation="shift", parameter=-2, units=(4, 1)),
        FeatureBlock(operation="original", parameter=0, units=(1, 5)),
    )
    return FeatureSet(**({"name": "small", "n_units": 6, "blocks": blocks} | over))


def test_published_set_has_the_published_columns():
    feature_set = whacc_feature_set()

    counts = {}
    for block in feature_set.blocks:
        key = "spread" if block.units is None else block.operation
        counts[key] = counts.get(key, 0) + block.n_columns
    # The table of the published selection, summed by operation.
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


def test_published_set_keeps_its_fingerprint():
    assert whacc_feature_set().sha256 == (
        "ad9f6f3538c3f77385e8fbcf3972166582cc1c5143ae5b1ca816f6a0ff786cc6"
    )


def test_compact_set_gives_every_unit_the_same_columns():
    feature_set = compact(5)

    assert feature_set.n_columns == 3 + 21 * 5
    assert feature_set.n_units == 5
    assert {block.units for block in feature_set.blocks} == {None, (0, 1, 2, 3, 4)}


def test_reach_is_that_of_the_operation_that_looks_furthest():
    assert whacc_feature_set().reach == 50
    assert compact(3).reach == 20
    assert small_set().reach == 2
    assert small_set(blocks=small_set().blocks[2:]).reach == 0


def test_units_needed_are_only_those_in_use():
    assert small_set(blocks=small_set().blocks[1:]).units_needed == (1, 4, 5)
    assert small_set().units_needed == (0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("feature_set", [small_set(), compact(3), whacc_feature_set()])
def test_set_read_from_its_json_is_equal(feature_set):
    again = FeatureSet.from_json(feature_set.to_json())

    assert again == feature_set
    assert again.sha256 == feature_set.sha256


def test_fingerprint_differs_when_the_order_differs():
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
def test_block_that_cannot_be_computed_is_refused(block):
    definition = {"name": "bad", "n_units": 6, "blocks": [block]}

    with pytest.raises(ValueError, match="Expected"):
        FeatureSet.from_json(json.dumps(definition))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name":"a","n_units":1,"blocks":[]}']
)
def test_text_that_is_no_feature_set_is_refused(text):
    with pytest.raises(ValueError, match="Expect"):
        FeatureSet.from_json(text)


def test_set_of_spreads_alone_is_allowed():
    assert small_set(blocks=small_set().blocks[:1]).n_columns == 1


def test_only_some_columns_keep_their_order():
    feature_set = FeatureSet(
        name="some",
        n_units=9,
        blocks=(
            FeatureBlock(operation="diff", parameter=1, units=(8, 2, 5)),
            FeatureBlock(operation="original", parameter=0, units=None),
            FeatureBlock(operation="shift", parameter=2, units=(1,)),
        ),
    )

    only = feature_set.only([3, 2, 0])

    assert only.n_units == 9
    assert [(b.operation, b.parameter, b.units) for b in only.blocks] == [
        ("diff", 1, (8, 5)),
        ("original", 0, None),
    ]
