"""What a pickled LightGBM Booster holds, read without unpickling it.

A pickle is a program. This reads the few instructions that write down a Booster's
state and notes their data; no class is imported, nothing is called, and any other
instruction is refused.
"""

from typing import Any, NoReturn

from models_ml.whacc.pickle_reader import DAMAGED, Made, PickleReader

PICKLE_BYTES_MAX = 64 * 1024**2
# The published one has 250; what a Booster keeps of its training adds few.
_INSTRUCTIONS_MAX = 20_000

_BOOSTER = "lightgbm.basic.Booster"
# Beside the Booster: what its best_score is made of.
_ADMITTED = {
    _BOOSTER,
    "collections.OrderedDict",
    "collections.defaultdict",
    "numpy.dtype",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
}


class WhaccPickleError(ValueError):
    """A pickle that is not one of a Booster, with one sentence that says why."""


def booster_state(pickled: bytes) -> dict[str, Any]:
    """Return what a pickled Booster's attributes were.

    Parameters
    ----------
    pickled : bytes
        A pickle of protocol 2 to 5.

    Returns
    -------
    state : dict
        By name: texts, numbers and None as they were, a `Made` in place of all else.

    Raises
    ------
    WhaccPickleError
        If the pickle is damaged, too large, or would do anything but make a Booster.
    """
    if len(pickled) > PICKLE_BYTES_MAX:
        _refuse(f"more than {PICKLE_BYTES_MAX // 1024**2} MiB")
    made = _read(pickled)
    state = made.state if isinstance(made, Made) and made.name == _BOOSTER else None
    if not isinstance(state, dict):
        _refuse("something else in it")
    return state


def _read(pickled: bytes) -> Any:
    reader = PickleReader(
        names=_ADMITTED,
        n_instructions_max=_INSTRUCTIONS_MAX,
        refuse=_refuse,
        # They are nothing of a classifier.
        keeps_groups=False,
    )
    try:
        return reader.read(pickled)
    except WhaccPickleError:
        raise
    except DAMAGED as error:
        raise WhaccPickleError(
            f"Expected a pickled LightGBM Booster; reading it failed: {error!s:.80}: "
            "copy the file again from where it comes."
        ) from error


def _refuse(found: str) -> NoReturn:
    raise WhaccPickleError(
        f"Expected a pickled LightGBM Booster and nothing else; found {found}: this "
        "file is not one that WhACC writes, and nothing in it was run."
    )
