"""The spelling of contrasts in stored comparisons and in links."""

import pytest

from labeling.domain.agreement.contrasts import EVERYONE, MODEL, ContrastKey, RaterKey

SPELLINGS = {
    "a3-a5": ContrastKey.of_pair(3, 5),
    "o3-a3": ContrastKey.of_others(3),
    "a3-s3": ContrastKey.of_second_pass(3),
    "all-m": ContrastKey.of_model(),
    "o3-m": ContrastKey.of_model_like(3),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_contrast_is_parsed_from_its_own_spelling(spelling):
    assert ContrastKey.parse(spelling) == SPELLINGS[spelling]
    assert str(SPELLINGS[spelling]) == spelling


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a3",
        "a3-",
        "-a3",
        "a3-a5-a7",
        "a-a5",
        "a03-a5",
        "b3-a5",
        "all3-m",
        "m-m3",
        "a3 -a5",
        "a3-a5\n",
        f"a{10**19}-m",
        "a٣-a5",
        "unknown",
    ],
)
def test_another_text_is_no_contrast(text):
    with pytest.raises(ValueError, match="names no side"):
        ContrastKey.parse(text)


def test_the_properties_distinguish_the_kinds_of_contrasts():
    kinds = {
        spelling: (
            contrast.is_of_others,
            contrast.is_of_second_pass,
            contrast.is_model_like_annotator,
        )
        for spelling, contrast in SPELLINGS.items()
    }

    assert kinds == {
        "a3-a5": (False, False, False),
        "o3-a3": (True, False, False),
        "a3-s3": (False, True, False),
        "all-m": (False, False, False),
        "o3-m": (False, False, True),
    }


def test_both_directions_of_a_pair_have_the_same_sides():
    assert ContrastKey.of_pair(3, 5).sides == ContrastKey.of_pair(5, 3).sides
    assert ContrastKey.of_pair(3, 5).sides != ContrastKey.of_others(3).sides
    assert [str(side) for side in (EVERYONE, MODEL, RaterKey.parse("s12"))] == [
        "all",
        "m",
        "s12",
    ]
