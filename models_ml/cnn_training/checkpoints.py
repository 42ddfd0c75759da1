"""Checkpoints: the file from which an interrupted training of a CNN continues."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from models_ml.atomic_file import replaced_file

State = Sequence[npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a training after some steps, and the best state until then.

    Parameters
    ----------
    step : int
        Number of steps done.
    state : sequence of arrays
        State of the network after them.
    losses : dict of int to float
        Loss on validation images by number of steps; empty without such images.
    best_step : int
        Number of steps after which the loss was lowest; without losses, `step`.
    best_state : sequence of arrays or None
        The state after `best_step`; None if that is `state`.
    """

    step: int
    state: State
    losses: Mapping[int, float] = field(default_factory=dict)
    best_step: int = 0
    best_state: State | None = None

    @property
    def best(self) -> tuple[int, State]:
        """The best number of steps, and the state after it."""
        if self.best_state is None:
            return self.step, self.state
        return self.best_step, self.best_state

    def after(self, step: int, state: State, loss: float | None) -> Self:
        """Return the checkpoint after further steps.

        Parameters
        ----------
        step : int
            Number of steps done.
        state : sequence of arrays
            State of the network after them.
        loss : float or None
            Loss on validation images; None if there are none.
        """
        losses = self.losses if loss is None else {**self.losses, step: loss}
        is_best = loss is None or loss <= min(losses.values())
        best_step, best_state = (step, None) if is_best else self.best
        return type(self)(
            step=step,
            state=state,
            losses=losses,
            best_step=best_step,
            best_state=best_state,
        )


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A file that stores the latest checkpoint of one training.

    Parameters
    ----------
    path : Path or None
        The NumPy file; its folder is created when it is missing. With None, nothing is
        stored.
    key : str
        Digest of all that the training depends on. The checkpoint of a training with
        another key is not used.
    """

    path: Path | None
    key: str

    def read(self) -> Checkpoint | None:
        """Return the stored checkpoint.

        Returns
        -------
        checkpoint : Checkpoint or None
            None when there is no file, when it is damaged, or when it belongs to
            another training.
        """
        if self.path is None:
            return None
        try:
            with np.load(self.path, allow_pickle=False) as file:
                if str(file["key"]) != self.key:
                    return None
                return _checkpoint(file)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None

    def write(self, checkpoint: Checkpoint) -> None:
        """Store a checkpoint, in one step.

        Parameters
        ----------
        checkpoint : Checkpoint
            The checkpoint; it replaces the one before.
        """
        if self.path is None:
            return
        content = io.BytesIO()
        arrays: dict[str, Any] = {
            "key": np.array(self.key),
            "step": np.array(checkpoint.step),
            "best_step": np.array(checkpoint.best_step),
            "loss_steps": np.array(list(checkpoint.losses), np.int64),
            "losses": np.array(list(checkpoint.losses.values()), np.float64),
            **_named("state", checkpoint.state),
            **_named("best", checkpoint.best_state or ()),
        }
        np.savez(content, **arrays)
        with replaced_file(self.path) as part:
            part.write_bytes(content.getvalue())

    def delete(self) -> None:
        """Remove the file, if there is one."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def _named(prefix: str, state: State) -> dict[str, npt.NDArray[Any]]:
    return {f"{prefix}{number}": value for number, value in enumerate(state)}


def _checkpoint(file: Any) -> Checkpoint:
    steps, losses = file["loss_steps"].tolist(), file["losses"].tolist()
    return Checkpoint(
        step=int(file["step"]),
        state=_state(file, "state"),
        losses=dict(zip(steps, losses, strict=True)),
        best_step=int(file["best_step"]),
        best_state=_state(file, "best") or None,
    )


def _state(file: Any, prefix: str) -> list[npt.NDArray[Any]]:
    n_arrays = sum(name.startswith(prefix) for name in file.files) - (
        prefix == "best"  # best_step is no array of a state.
    )
    return [file[f"{prefix}{number}"] for number in range(n_arrays)]
