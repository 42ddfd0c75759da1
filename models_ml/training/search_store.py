"""Stored searches: the file from which an interrupted search continues.

It is one JSON file with the finished trainings, in the form from which Optuna suggests
the next one, and the best classifier so far as LightGBM's text. Writing replaces the
whole file at once.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.atomic_file import replaced_file
from models_ml.trees.parameters import lightgbm_names

# Part of the key. Increase it with every change to the results of a training: stored
# searches from before the change are then no longer found.
_FORMAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSearch:
    """The content of a stored search.

    Parameters
    ----------
    trials : list of dict
        One record for each finished training, as `trial_record` returns it.
    best : dict or None
        The best classifier so far: its `text`, `value` and `parameters`. None when
        there are no trainings.
    """

    trials: list[dict[str, Any]]
    best: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class SearchStore:
    """A file that stores one search.

    Parameters
    ----------
    path : Path
        The JSON file. Its folder is created when it is missing.
    """

    path: Path

    def read(self, key: str) -> StoredSearch:
        """Return the stored search.

        Parameters
        ----------
        key : str
            The key of the search; see `search_key`.

        Returns
        -------
        stored : StoredSearch
            The search; `parameters` have LightGBM's names. Empty when there is no
            file, when the file is damaged, or when it has another key.
        """
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if found["key"] == key:
                return StoredSearch(
                    trials=[_with_lightgbm_names(each) for each in found["trials"]],
                    best=found["best"]
                    and {
                        **found["best"],
                        "parameters": lightgbm_names(found["best"]["parameters"]),
                    },
                )
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return StoredSearch(trials=[], best=None)

    def write(self, key: str, stored: StoredSearch) -> None:
        """Replace the stored search.

        Parameters
        ----------
        key : str
            The key of the search; see `search_key`.
        stored : StoredSearch
            All finished trainings and the best classifier.

        Raises
        ------
        OSError
            If the file cannot be written. The file from before is then unchanged.
        """
        content = {"key": key, "trials": stored.trials, "best": stored.best}
        with replaced_file(self.path) as part:
            part.write_text(json.dumps(content), encoding="utf-8")

    def delete(self) -> None:
        """Delete the file, if there is one."""
        self.path.unlink(missing_ok=True)


def search_key(arrays: Sequence[npt.NDArray[Any]], *texts: str) -> str:
    """Return the key that identifies a search.

    Parameters
    ----------
    arrays : sequence of arrays
        All data to train on and to validate on; any dtype and shape.
    *texts : str
        Parameters, seeds, and versions of the libraries.

    Returns
    -------
    key : str
        BLAKE2b digest, 64 hexadecimal digits. A change of a single bit in any argument
        gives another key.
    """
    digest = hashlib.blake2b(digest_size=32)
    for text in (str(_FORMAT), *texts):
        digest.update(f"{text}\n".encode())
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def trial_record(trial: Any, training: dict[str, Any]) -> dict[str, Any]:
    """Return one of Optuna's trials as a JSON record.

    Parameters
    ----------
    trial : optuna.trial.FrozenTrial
        A trial that is complete or pruned.
    training : dict of str to any
        The fields of the trial's `models_ml.training.search.Training`.

    Returns
    -------
    record : dict of str to any
        Optuna's `number`, `state`, `value`, `params` and `distributions`; under `looks`
        the values by round; under `training` the argument.
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


def trial_of_record(record: dict[str, Any]) -> Any:
    """Return the trial of a JSON record.

    Parameters
    ----------
    record : dict of str to any
        A record of `StoredSearch.trials`.

    Returns
    -------
    trial : optuna.trial.FrozenTrial
        A trial for ``optuna.Study.add_trial``.
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


def _with_lightgbm_names(record: Mapping[str, Any]) -> dict[str, Any]:
    training = record["training"]
    return {
        **record,
        "training": {
            **training,
            "parameters": lightgbm_names(training["parameters"]),
        },
    }
