"""The attributes of a pickled LightGBM Booster, read without unpickling it.

A pickle is a program. This module reads the data of the few instructions that a pickled
Booster has. No class is imported, nothing is called, and any other instruction is
refused.
"""

from typing import Any, NoReturn

from models_ml.whacc.pickle_reader import DAMAGED, PickledObject, PickleReader

PICKLE_BYTES_MAX = 64 * 1024**2
# The published Booster has 250; attributes of its training add few.
_INSTRUCTIONS_MAX = 20_000

_BOOSTER = "lightgbm.basic.Booster"
# The class of the Booster, and the types in its best_score.
_ALLOWED_NAMES = {
    _BOOSTER,
    "collections.OrderedDict",
    "collections.defaultdict",
    "numpy.dtype",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
}


class WhaccPickleError(ValueError):
    """The pickle is not that of a Booster; the message says why."""


def booster_state(pickled: bytes) -> dict[str, Any]:
    """Return the attributes of a pickled Booster.

    Parameters
    ----------
    pickled : bytes
        A pickle of protocol 2 to 5.

    Returns
    -------
    state : dict
        Values by attribute name: texts, numbers and None; all other values are replaced
        by a `PickledObject`.

    Raises
    ------
    WhaccPickleError
        If the pickle is damaged or too large, or contains anything but a Booster.
    """
    if len(pickled) > PICKLE_BYTES_MAX:
        _refuse(f"more than {PICKLE_BYTES_MAX // 1024**2} MiB")
    found = _read(pickled)
    is_booster = isinstance(found, PickledObject) and found.name == _BOOSTER
    state = found.state if is_booster else None
    if not isinstance(state, dict):
        _refuse("an object that is not a Booster")
    return state


def _read(pickled: bytes) -> Any:
    reader = PickleReader(
        names=_ALLOWED_NAMES,
        n_instructions_max=_INSTRUCTIONS_MAX,
        refuse=_refuse,
        # The attributes of the classifier are neither lists nor tuples.
        includes_groups=False,
    )
    try:
        return reader.read(pickled)
    except WhaccPickleError:
        raise
    except DAMAGED as error:
        raise WhaccPickleError(
            f"The pickle is damaged ({error!s:.80}). Copy it again from its source."
        ) from error


def _refuse(found: str) -> NoReturn:
    raise WhaccPickleError(
        f"The pickle contains {found}, so WhACC did not write it. Nothing in it was "
        "executed. Choose another file."
    )
