"""Hostile and damaged pickles; test_model.py reads pickles that WhACC writes."""

import collections
import os
import pickle
import struct

import numpy as np
import pytest

from models_ml.whacc.booster_pickle import WhaccPickleError, booster_state


class Calls:
    """Pickles as a call of something."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def booster_around(value: bytes) -> bytes:
    """Return a Booster's pickle of protocol 2 with a pickled value in its state."""
    body = value[2:-1] if value.startswith(b"\x80") else value[:-1]
    return b"\x80\x02clightgbm.basic\nBooster\n)\x81}" + text("k") + body + b"sb."


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def test_the_attributes_of_a_booster_are_read():
    score = collections.defaultdict(collections.OrderedDict)
    score["valid_0"] = collections.OrderedDict(auc=np.float64(0.5))
    value = {"text": "tree", "best": 3, "no": None, "score": score, "list": [1, (2,)]}

    state = booster_state(booster_around(pickle.dumps(value, 3)))["k"]

    assert (state["text"], state["best"], state["no"]) == ("tree", 3, None)
    assert state["score"].name == "collections.defaultdict"
    assert state["list"].name == "list"


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "function", [os.system, eval, exec, getattr, __import__, pickle.loads]
)
def test_a_call_is_refused_by_name_and_not_executed(tmp_path, protocol, function):
    trace = tmp_path / "trace"
    hostile = pickle.dumps(Calls(function, f"touch {trace}"), protocol)

    with pytest.raises(WhaccPickleError, match=r"contains \w+\.\w+, so WhACC did not"):
        booster_state(hostile)
    assert not trace.exists()


def test_a_call_deep_inside_a_booster_is_refused(tmp_path):
    trace = tmp_path / "trace"
    nested = Calls(collections.OrderedDict, [Calls(os.system, f"touch {trace}")])

    with pytest.raises(WhaccPickleError, match=r"contains posix\.system"):
        booster_state(booster_around(pickle.dumps(nested, 2)))
    assert not trace.exists()


def test_an_allowed_name_creates_no_object():
    hostile = pickle.dumps(Calls(np.dtype, "f8," * 1000), 2)
    with pytest.raises(
        WhaccPickleError, match="contains an object that is not a Booster"
    ):
        booster_state(hostile)


@pytest.mark.parametrize(
    ("pickled", "found"),
    [
        (b"", "damaged (pickle exhausted"),
        (b"\x80\x04.", "pop from empty list"),
        (pickle.dumps({"handle": "tree"}), "an object that is not a Booster"),
        (pickle.dumps([1, [2, [3]]]), "an object that is not a Booster"),
        (b"\x80\x02clightgbm.basic\nBooster\n.", "an object that is not a Booster"),
        (
            b"\x80\x02clightgbm.basic\nBooster\n)\x81]b.",
            "an object that is not a Booster",
        ),
        (b"\x80\x02" + text("a") + b")\x81.", "a call of something without a name"),
        (b"(S'a'\ni__main__\nA\n.", "the instruction STRING"),
        (b"(ios\nsystem\n.", "the instruction INST"),
        (b"\x82\x01.", "the instruction EXT1"),
        (b"Pa\n.", "the instruction PERSID"),
        (b"\x97.", "the instruction NEXT_BUFFER"),
        (b"\x80\x02h\x09.", "damaged (9"),
        (b"\x80\x02X\xff\xff\xff\x7fa.", "The pickle is damaged"),
        (b"\x80\x02\x8e\xff\xff\xff\xff\xff\xff\xff\x7fa.", "The pickle is damaged"),
        (b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.", "pop from empty list"),
        (b"\x80\x02" + b")" * 30_000 + b".", "more than 20000 instructions"),
        (b"\x80\x02(" + b"2" * 100, "the instruction DUP"),
    ],
)
def test_a_pickle_of_anything_else_is_refused_with_the_reason(pickled, found):
    with pytest.raises(WhaccPickleError) as caught:
        booster_state(pickled)

    assert str(caught.value).startswith("The pickle ")
    assert found in str(caught.value)


def test_a_huge_memo_takes_no_memory():
    # The C unpickler would allocate 32 GiB for this one.
    state = b"}q" + b"\x00" + b"r\xff\xff\xff\xff"

    assert (
        booster_state(b"\x80\x02clightgbm.basic\nBooster\n)\x81" + state + b"b.") == {}
    )


def test_tuples_of_tuples_are_not_hashed():
    # Hashed as a key, these would take 2 ** 60 steps.
    doubled = b")q\x00" + b"h\x00h\x00\x86q\x00" * 60

    with pytest.raises(WhaccPickleError, match="a key that is not a text"):
        booster_state(booster_around(b"\x80\x02}" + doubled + b"Ns."))


def test_a_pickle_beyond_the_limit_is_refused():
    with pytest.raises(WhaccPickleError, match="contains more than 64 MiB"):
        booster_state(bytes(64 * 1024**2 + 1))
