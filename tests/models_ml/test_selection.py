from itertools import pairwise

import numpy as np
import pytest

from models_ml.selection import ChosenClip, SelectionPlan, select_clips


def sure(n_frames: int, *touches: tuple[int, int]) -> np.ndarray:
    """Return scores of a model that is sure of these touches and of nothing else."""
    scores = np.full(n_frames, 0.02, np.float32)
    for onset, offset in touches:
        scores[onset:offset] = 0.97
    return scores


def choose(scores, **over):
    lengths = [1000 if one is None else len(one) for one in scores]
    defaults = {"n_clips": 1, "clip_frames": 50, "random_share": 0, "seed": 0}
    trials = {"n_frames": over.pop("n_frames", lengths), "taken": over.pop("taken", ())}
    return select_clips(SelectionPlan(**(defaults | over)), scores=scores, **trials)


def clip(trial, start, stop, reason):
    return ChosenClip(trial=trial, start=start, stop=stop, reason=reason)


def test_frames_near_the_threshold_are_in_the_middle_of_their_clip():
    scores = sure(1000, (300, 340))
    scores[600:611] = 0.5

    assert choose([scores]) == [clip(0, 580, 630, "uncertain")]


def test_short_touch_and_short_gap_are_found():
    touch = choose([sure(1000, (300, 340), (700, 703))], clip_frames=51)
    gap = choose([sure(1000, (300, 340), (341, 400))], clip_frames=51)

    assert touch == [clip(0, 676, 727, "short run")]
    assert gap == [clip(0, 315, 366, "short run")]


def test_uncertainty_follows_the_threshold():
    scores = sure(1000)
    scores[200:210] = 0.5
    scores[700:710] = 0.2

    (low,) = choose([scores], threshold=0.2)
    (middle,) = choose([scores], threshold=0.5)

    assert low.start < 700 < low.stop
    assert middle.start < 200 < middle.stop


def test_clips_are_spread_over_trials_and_time():
    trials = [sure(1000) for _ in range(3)]
    for scores in trials:
        scores[100:400] = 0.5
    # The third trial is a little less unsure and still has its share of the clips.
    trials[2][100:400] = 0.55

    chosen = choose(trials, n_clips=6, clip_frames=40)

    assert [one.trial for one in chosen] == [0, 0, 1, 1, 2, 2]
    for first, second in zip(chosen[::2], chosen[1::2], strict=True):
        assert second.start - first.stop >= 40


def test_the_share_of_random_clips_is_the_requested_one():
    rng = np.random.default_rng(0)
    scores = [rng.uniform(0.4, 0.6, 2000).astype(np.float32) for _ in range(10)]

    chosen = choose(scores, n_clips=40, random_share=0.25)

    assert len(chosen) == 40
    assert sum(one.reason == "random" for one in chosen) == 10
    assert_no_overlap(chosen)
    assert chosen == sorted(chosen)


def test_random_clips_fall_evenly_over_all_frames():
    # The second trial is three times as long as the first.
    hits = np.zeros(4000)
    for seed in range(2000):
        (one,) = choose([None, None], n_frames=[1000, 3000], clip_frames=100, seed=seed)
        first = one.trial * 1000 + one.start
        hits[first : first + 100] += 1

    by_quarter = hits.reshape(4, 1000).sum(axis=1) / hits.sum()
    np.testing.assert_allclose(by_quarter, 0.25, atol=0.03)
    assert hits.min() > 0


def test_trials_without_scores_have_random_clips_only():
    chosen = choose([None, None], n_clips=5, random_share=0.2)

    assert [one.reason for one in chosen] == ["random"] * 5
    assert_no_overlap(chosen)


def test_if_the_model_is_sure_everywhere_clips_are_random():
    chosen = choose([sure(1000, (200, 260))], n_clips=4)

    assert [one.reason for one in chosen] == ["random"] * 4


def test_no_more_clips_are_chosen_than_fit():
    chosen = choose([None, None], n_frames=[120, 30], n_clips=9)

    assert_no_overlap(chosen)
    assert [(one.trial, one.stop - one.start) for one in chosen] == [
        (0, 50),
        (0, 50),
        (1, 30),
    ]


def test_a_short_trial_has_a_clip_of_its_own_length():
    unsure = np.full(7, 0.5, np.float32)

    assert choose([unsure]) == [clip(0, 0, 7, "uncertain")]


def test_clips_depend_on_the_seed_alone():
    scores = [None] * 5

    first, again, other = (choose(scores, n_clips=5, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_whole_trials_are_the_most_unsure_ones():
    unsure = np.full(300, 0.5, np.float32)

    chosen = choose([sure(500), unsure, sure(400), unsure], n_clips=2, clip_frames=None)

    assert chosen == [clip(1, 0, 300, "whole trial"), clip(3, 0, 300, "whole trial")]


def test_whole_trials_include_a_share_of_random_ones():
    unsure = np.full(300, 0.5, np.float32)
    scores = [unsure] * 5 + [sure(300)] * 45

    drawn = [
        choose(scores, n_clips=5, clip_frames=None, random_share=0.4, seed=seed)
        for seed in range(20)
    ]

    assert {len(chosen) for chosen in drawn} == {5}
    sure_ones = sum(one.trial >= 5 for chosen in drawn for one in chosen)
    assert 25 < sure_ones <= 40


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"n_clips": -1}, "^-1 clips of 50 frames cannot"),
        ({"clip_frames": 0}, "^1 clips of 0 frames cannot"),
        ({"random_share": 1.2}, r"random share from 0 to 1, not 1\.2"),
        ({"scores": []}, "got 1 trials and 0 scores"),
        ({"n_frames": [999]}, "Expected 999 scores for trial 0; got 1000"),
        ({"n_frames": [0], "scores": [None]}, "at least one frame; one has none"),
    ],
)
def test_invalid_plans_and_trials_are_refused(over, sentence):
    with pytest.raises(ValueError, match=sentence):
        choose(**{"scores": [sure(1000)], "n_frames": [1000]} | over)


def assert_no_overlap(clips):
    for first, second in pairwise(clips):
        assert first.trial < second.trial or first.stop <= second.start
