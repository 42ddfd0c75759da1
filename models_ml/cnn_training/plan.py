"""The plan of a fine-tuning, and what it costs."""

from dataclasses import dataclass

_N_EVALUATIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuningPlan:
    """How `models_ml.cnn_training.fine_tune.fine_tune` trains a CNN.

    Parameters
    ----------
    n_steps : int
        Number of steps; at least 1.
    batch_images : int
        Number of images of each step; at least 1.
    learning_rate : float
        Learning rate of the first step; it falls to a hundredth, by a cosine.
    seed : int
        Seed of the draw of frames, of their augmentation and of the head.
    """

    n_steps: int
    batch_images: int
    learning_rate: float
    seed: int = 0

    @property
    def evaluation_steps(self) -> tuple[int, ...]:
        """Numbers of steps after which the CNN is evaluated and its state is stored."""
        last = range(1, _N_EVALUATIONS + 1)
        return tuple(sorted({max(1, self.n_steps * n // _N_EVALUATIONS) for n in last}))


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuningCost:
    """What a fine-tuning costs on two processor cores, as measured.

    Parameters
    ----------
    seconds : float
        Duration of all steps, in seconds.
    memory_mb : float
        Peak memory of the process, in megabytes (MB).
    """

    seconds: float
    memory_mb: float


def default_plan(kind: str, *, seed: int = 0) -> FineTuningPlan:
    """Return the plan for a kind of backbone.

    Parameters
    ----------
    kind : str
        ``compact`` or ``resnet50v2``.
    seed : int
        Seed of the training.

    Returns
    -------
    plan : FineTuningPlan
        A larger CNN takes fewer and smaller steps, because each costs more.
    """
    if kind == "compact":
        return FineTuningPlan(
            n_steps=400, batch_images=256, learning_rate=1e-3, seed=seed
        )
    return FineTuningPlan(n_steps=120, batch_images=32, learning_rate=1e-4, seed=seed)
