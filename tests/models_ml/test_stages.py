import threading

import pytest

from models_ml.stages import in_stages


def test_results_come_in_the_order_of_the_items():
    results = in_stages(range(20), [lambda n: n * 2, lambda n: n + 1])

    assert list(results) == [n * 2 + 1 for n in range(20)]
    assert list(in_stages([], [str])) == []


def test_stages_run_at_the_same_time_each_in_one_thread():
    # Each stage waits for the other: one after the other they would never end.
    both = threading.Barrier(2)
    names = {"first": set(), "second": set()}

    def stage(name, item):
        names[name].add(threading.get_ident())
        if (name, item) not in {("first", 0), ("second", 9)}:
            both.wait(timeout=60)
        return item

    results = in_stages(
        range(10), [lambda n: stage("first", n), lambda n: stage("second", n)]
    )

    assert list(results) == list(range(10))
    assert (len(names["first"]), len(names["second"])) == (1, 1)
    assert names["first"] != names["second"]


def test_the_number_of_items_in_memory_is_limited():
    taken = []

    def items():
        for item in range(50):
            taken.append(item)
            yield item

    ahead = [
        len(taken) - done
        for done, _ in enumerate(in_stages(items(), [str, int], waiting=2))
    ]

    assert max(ahead) == 4


def test_an_exception_comes_at_its_items_turn_and_ends_the_work():
    begun = []

    def divide(n):
        begun.append(n)
        return 12 // n

    results = in_stages([3, 2, 0, *[1] * 50], [divide, str], waiting=1)

    assert [next(results), next(results)] == ["4", "6"]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert len(begun) <= 6
    assert list(results) == []


def test_a_closed_generator_leaves_no_thread():
    before = threading.active_count()
    results = in_stages(range(50), [lambda n: n, lambda n: n])
    next(results)

    results.close()

    assert threading.active_count() == before
