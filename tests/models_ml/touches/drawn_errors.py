"""Touch errors of trials that are drawn as 0 and 1."""

import itertools

import numpy as np

from models_ml.touches.touch_errors import KINDS, TouchErrors, touch_errors


def errors_of(real: str, predicted: str, **options) -> TouchErrors:
    """Return the errors of trials drawn as 0 and 1, ended by |."""
    lengths = [len(trial) for trial in real.split("|")]
    return touch_errors(drawn(real), drawn(predicted), lengths, **options)


def drawn(trace: str) -> np.ndarray:
    return np.array([bit == "1" for bit in trace if bit != "|"], bool)


def listed(errors: TouchErrors, lengths: list[int]) -> list[tuple[str, int, int]]:
    """Return kind, first and last frame of each error, counted over all trials."""
    firsts = [0, *itertools.accumulate(lengths)]
    return [
        (KINDS[kind], firsts[trial] + onset, firsts[trial] + offset - 1)
        for kind, (trial, onset, offset) in zip(
            errors.kinds, errors.runs.tolist(), strict=True
        )
    ]


def described(real: str, errors: TouchErrors) -> str:
    found = listed(errors, [len(trial) for trial in real.split("|")])
    return ", ".join(f"{kind} {first}..{last}" for kind, first, last in found)
