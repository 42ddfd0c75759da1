"""Comparisons of all raters: each rater has the right reference."""

import numpy as np

from models_ml.agreement.comparison import ComparedLabels, compare_raters
from models_ml.agreement.consensus import unanimity_of
from models_ml.agreement.rater_labels import rater_labels
from models_ml.agreement.resampling import Resampling
from models_ml.agreement.touch_comparison import compare_touches


def drawn(*rows):
    return np.array([[".#?-".index(mark) for mark in row] for row in rows], np.int8)


def labels_of(*rows):
    labels = drawn(*rows)
    labels[labels == 3] = -1
    return rater_labels(labels, [12, 12])


def compared(raters, **others):
    return ComparedLabels(raters=raters, frame_ms=np.ones(2), **others)


#              trial 0      trial 1
TRUTH = "...####..... ...####.....".replace(" ", "")
LATE = ".....##..... .....##.....".replace(" ", "")
GHOST = "...####..##. ...####.....".replace(" ", "")


def test_every_ordered_pair_of_annotators_is_compared():
    found = compare_raters(compared(labels_of(TRUTH, LATE, GHOST)))

    counts = {pair: each.touches.counts for pair, each in found.pairs.items()}
    assert sorted(counts) == [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    assert counts[0, 1]["deduct"] == 2
    assert counts[1, 0]["append"] == 2
    assert counts[0, 2]["ghost"] == 1
    assert counts[2, 0]["miss"] == 1
    assert found.pairs[0, 1].onsets.median.value == 2
    assert found.pairs[1, 0].onsets.median.value == -2


def test_statistics_that_ignore_the_roles_are_equal_both_ways():
    found = compare_raters(compared(labels_of(TRUTH, LATE, GHOST)))
    one, other = found.pairs[1, 2], found.pairs[2, 1]

    assert (one.frames, one.f1, one.onset_f1) == (
        other.frames,
        other.f1,
        other.onset_f1,
    )
    assert (one.missed == other.extra).all()
    assert one.missed[:, :3].tolist() == one.touches.touches.tolist()
    assert other.missed[:, :3].tolist() == other.touches.touches.tolist()


def test_an_annotators_reference_is_the_consensus_of_the_others_alone():
    """A consensus with the late annotator would itself be late."""
    raters = labels_of(TRUTH, LATE, GHOST)

    found = compare_raters(compared(raters))

    for of in range(3):
        both_others = np.delete(raters.labels, of, axis=0)
        agreed = np.where(both_others[0] == both_others[1], both_others[0], 2)
        alone = rater_labels(np.stack([agreed, raters.labels[of]]), [12, 12])
        expected = compare_touches(alone, 0, 1)
        assert found.others[of].touches.errors.tolist() == expected.errors.tolist()
    assert found.others[1].touches.counts["deduct"] == 2
    # Only this annotator labels the ghost; the two others agree on not touch.
    assert found.others[2].touches.counts["ghost"] == 1


def test_the_model_is_judged_by_all_and_like_each_annotator():
    model = drawn(LATE)[0]

    found = compare_raters(compared(labels_of(TRUTH, LATE, GHOST), model=model))

    assert found.model.touches.counts["deduct"] == 2
    assert sorted(found.model_like) == [0, 1, 2]
    expected = found.others[1].touches.errors.tolist()
    assert found.model_like[1].touches.errors.tolist() == expected
    assert found.model.touches.n_open == 0


def test_a_second_pass_is_compared_with_the_first_of_its_annotator():
    second_passes = {2: drawn(TRUTH)[0]}

    found = compare_raters(
        compared(labels_of(TRUTH, LATE, GHOST), second_passes=second_passes)
    )

    assert list(found.second_passes) == [2]
    assert found.second_passes[2].touches.counts["miss"] == 1
    # The second pass has no vote.
    without = compare_raters(compared(labels_of(TRUTH, LATE, GHOST)))
    assert found.group == without.group
    assert found.others[0].rates == without.others[0].rates


def test_the_caller_chooses_the_consensus():
    raters = labels_of(TRUTH, TRUTH, GHOST)
    model = drawn(GHOST)[0]

    by_most = compare_raters(compared(raters, model=model))
    by_all = compare_raters(compared(raters, model=model), consensus=unanimity_of)

    assert by_most.model.touches.counts["ghost"] == 1
    assert by_all.model.touches.counts["ghost"] == 0
    assert by_all.model.touches.n_open == 2


def test_one_annotator_is_compared_with_the_model_alone():
    found = compare_raters(compared(labels_of(TRUTH), model=drawn(LATE)[0]))

    assert (found.pairs, found.others, found.model_like) == ({}, {}, {})
    assert found.model.touches.counts["deduct"] == 2
    assert found.group.alpha.value is None


def test_without_annotators_missing_values_are_explained():
    no_annotators = rater_labels(np.zeros((0, 24), np.int8), [12, 12])

    found = compare_raters(compared(no_annotators, model=drawn(LATE)[0]))

    assert found.model.rates["ghost"].value is None
    assert found.model.frames.kappa.why.startswith("No frame is labelled")


def test_intervals_are_reproducible_and_progress_is_reported():
    raters, calls = labels_of(TRUTH, LATE, GHOST), []

    first, second = (
        compare_raters(
            compared(raters),
            resampling=Resampling(2, n_resamples=50),
            progress=lambda done, total: calls.append((done, total)),
        )
        for _ in range(2)
    )

    assert first.pairs[0, 2].rates == second.pairs[0, 2].rates
    assert first.pairs[0, 2].rates["ghost"].high > 0.5
    assert calls == [(done, 9) for done in range(9)] * 2
