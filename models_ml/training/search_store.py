"""A search that is kept while it runs, so that a killed one goes on where it was.

One JSON file: what was tried, as Optuna needs it to suggest what comes next, and the
best classifier so far as LightGBM's text. It is whole or not there.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.atomic_file import replaced_file

# Whatever changes what a training gives changes this: what was kept is then of old.
_FORMAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrainings:
    """What is kept of a search.

    Parameters
    ----------
    trials : list of dict
        For each training its `number`, `state`, `value`, `params`, `distributions` and
        `looks`, as Optuna has them, and under `training` the fields of
        `models_ml.training.search.Training`.
    best : dict or None
        The best so far: `text`, `value` and `parameters`.
    """

    trials: list[dict[str, Any]]
    best: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """Where a search is kept.

    Parameters
    ----------
    path : Path
        The file; its folder is made when missing.
    """

    path: Path

    def read(self, key: str) -> KeptTrainings:
        """Return what is kept of a search.

        Parameters
        ----------
        key : str
            See `search_key`.

        Returns
        -------
        kept : KeptTrainings
            Nothing when the file is not there, not whole, or of another search.
        """
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if found["key"] == key:
                return KeptTrainings(trials=found["trials"], best=found["best"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return KeptTrainings(trials=[], best=None)

    def write(self, key: str, kept: KeptTrainings) -> None:
        """Keep a search: whole, or as it was before.

        Parameters
        ----------
        key : str
            See `search_key`.
        kept : KeptTrainings
            All of it so far.
        """
        content = {"key": key, "trials": kept.trials, "best": kept.best}
        with replaced_file(self.path) as part:
            part.write_text(json.dumps(content), encoding="utf-8")

    def forget(self) -> None:
        """Remove what is kept; it is no error when nothing is."""
        self.path.unlink(missing_ok=True)


def search_key(arrays: Sequence[npt.NDArray[Any]], *texts: str) -> str:
    """Return what tells one search from another.

    Parameters
    ----------
    arrays : sequence of arrays
        All that is learned from and validated on.
    *texts : str
        How, and by what versions of libraries.

    Returns
    -------
    key : str
        Hexadecimal; another one when a bit of anything differs.
    """
    digest = hashlib.blake2b(digest_size=32)
    for text in (str(_FORMAT), *texts):
        digest.update(f"{text}\n".encode())
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def kept_trial(trial: Any, training: dict[str, Any]) -> dict[str, Any]:
    """Return a trial of Optuna's as JSON takes it.

    Parameters
    ----------
    trial : optuna.trial.FrozenTrial
        Complete, or pruned.
    training : dict
        The fields of the training that it was.

    Returns
    -------
    record : dict
        One of `KeptTrainings.trials`.
    """
    from optuna.distributions import distribution_to_json

    return {
        "number": trial.number,
        "state": trial.state.name,
        "value": trial.value,
        "params": trial.params,
        "distributions": {
            name: distribution_to_json(each)
            for name, each in trial.distributions.items()
        },
        "looks": sorted(trial.intermediate_values.items()),
        "training": training,
    }


def frozen_trial(record: dict[str, Any]) -> Any:
    """Return a kept trial as Optuna has it.

    Parameters
    ----------
    record : dict
        One of `KeptTrainings.trials`.

    Returns
    -------
    trial : optuna.trial.FrozenTrial
        For `optuna.Study.add_trial`.
    """
    from optuna.distributions import json_to_distribution
    from optuna.trial import TrialState, create_trial

    return create_trial(
        state=TrialState[record["state"]],
        value=record["value"],
        params=record["params"],
        distributions={
            name: json_to_distribution(text)
            for name, text in record["distributions"].items()
        },
        intermediate_values=dict(record["looks"]),
    )
