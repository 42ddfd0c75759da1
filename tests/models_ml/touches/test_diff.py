import numpy as np

from models_ml.touches.diff import touch_diff, touches_overlapping


def diff_of(before, after):
    before, after = (
        np.array(each, np.int64).reshape(-1, 3) for each in (before, after)
    )
    diff = touch_diff(before, after)
    return {
        name: getattr(diff, name).tolist()
        for name in ("unchanged", "moved", "lost", "gained")
    }


def test_each_touch_is_unchanged_moved_lost_or_gained():
    before = [[0, 5, 9], [0, 20, 30], [0, 40, 50], [1, 0, 4]]
    after = [[0, 5, 9], [0, 22, 30], [1, 0, 4], [1, 6, 8]]

    assert diff_of(before, after) == {
        "unchanged": [[0, 5, 9], [1, 0, 4]],
        "moved": [[0, 20, 30, 22, 30]],
        "lost": [[0, 40, 50]],
        "gained": [[1, 6, 8]],
    }


def test_joined_or_split_touches_have_no_partner():
    assert diff_of([[0, 5, 9], [0, 10, 15]], [[0, 5, 15]]) == {
        "unchanged": [],
        "moved": [],
        "lost": [[0, 5, 9], [0, 10, 15]],
        "gained": [[0, 5, 15]],
    }
    assert diff_of([[0, 5, 15]], [[0, 5, 9], [0, 10, 15]])["lost"] == [[0, 5, 15]]


def test_adjacent_touches_do_not_overlap():
    assert diff_of([[0, 5, 9]], [[0, 9, 12]])["moved"] == []


def test_equal_frames_of_another_trial_do_not_overlap():
    assert diff_of([[0, 5, 9]], [[1, 5, 9]]) == {
        "unchanged": [],
        "moved": [],
        "lost": [[0, 5, 9]],
        "gained": [[1, 5, 9]],
    }


def test_without_touches_all_are_lost_or_gained():
    assert diff_of([], [[0, 1, 2]])["gained"] == [[0, 1, 2]]
    assert diff_of([[0, 1, 2]], [])["lost"] == [[0, 1, 2]]
    assert diff_of([], [])["unchanged"] == []


def test_random_touches_are_paired_as_by_a_search_over_all_pairs():
    rng = np.random.default_rng(0)
    for _ in range(200):
        before, after = (_drawn(rng) for _ in range(2))

        found = diff_of(before, after)

        meets = {
            (i, k)
            for i, (trial, onset, offset) in enumerate(before)
            for k, (other, begin, end) in enumerate(after)
            if trial == other and onset < end and begin < offset
        }
        alone = {
            (i, k)
            for i, k in meets
            if sum(a == i for a, _ in meets) == sum(b == k for _, b in meets) == 1
        }
        pairs = sorted(before[i] + after[k][1:] for i, k in alone)
        assert found["unchanged"] == [row[:3] for row in pairs if row[1:3] == row[3:]]
        assert found["moved"] == [row for row in pairs if row[1:3] != row[3:]]
        assert len(found["lost"]) == len(before) - len(pairs)
        assert len(found["gained"]) == len(after) - len(pairs)


def test_touches_with_a_labelled_frame_are_found():
    mask = np.zeros(20, bool)
    mask[[4, 15]] = True
    touches = np.array([[0, 0, 4], [0, 4, 6], [1, 5, 6], [1, 6, 10]])

    found = touches_overlapping(touches, mask, [10, 10])

    assert found.tolist() == [False, True, True, False]


def _drawn(rng):
    rows = []
    for trial in range(2):
        edges = np.sort(rng.choice(30, size=2 * rng.integers(0, 5), replace=False))
        rows += [[trial, *map(int, pair)] for pair in edges.reshape(-1, 2)]
    return rows
