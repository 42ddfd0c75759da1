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
            n_steps=300, batch_images=256, learning_rate=1e-3, seed=seed
        )
    return FineTuningPlan(n_steps=120, batch_images=32, learning_rate=1e-4, seed=seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuningCost:
    """What the training of a CNN costs on two processor cores.

    Parameters
    ----------
    minutes : float
        Duration of all steps.
    memory_gb : float
        Peak memory of the process, in gigabytes (GB).
    """

    minutes: float
    memory_gb: float


# Measured on two cores (docs/measurements/real_recording.md): seconds for each image of
# a step, and the memory of the process beside the frames.
_SECONDS_PER_IMAGE = {"compact": 5.5e-4, "resnet50v2": 0.25}
_MEMORY_GB = {"compact": 1.2, "resnet50v2": 3.0}
_BYTES_PER_GB = 1e9


def cost_of(
    kind: str, plan: FineTuningPlan, *, n_trainings: int, frame_bytes: int
) -> FineTuningCost:
    """Return what trainings of a CNN are expected to cost.

    Parameters
    ----------
    kind : str
        ``compact`` or ``resnet50v2``.
    plan : FineTuningPlan
        How it is trained.
    n_trainings : int
        Number of trainings, one after the other.
    frame_bytes : int
        Size of the frames to train on, in bytes.

    Returns
    -------
    cost : FineTuningCost
        An estimate: another machine may take a few times as long.
    """
    n_images = plan.n_steps * plan.batch_images * n_trainings
    return FineTuningCost(
        minutes=n_images * _SECONDS_PER_IMAGE[kind] / 60,
        memory_gb=_MEMORY_GB[kind] + 2 * frame_bytes / _BYTES_PER_GB,
    )
