"""Fine-tuning: a backbone learns further from labelled frames."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models_ml.arrays import Float32s, Frames
from models_ml.cnn.backbone import Backbone
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow
from models_ml.cnn_training.augmentation import augmented
from models_ml.cnn_training.checkpoints import Checkpoint, CheckpointFile
from models_ml.cnn_training.labelled_frames import LabelledImages
from models_ml.cnn_training.network import TrainableCnn
from models_ml.cnn_training.plan import FineTuningPlan
from models_ml.training.search_progress import Progress

_STAGE = "training the CNN"
# Images of validation trials whose loss decides which step is the best.
_VALIDATION_IMAGES = 2048
_BATCH_IMAGES = 256

# Part of the key. Increase it with every change to the results of a training.
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuned:
    """The result of fine-tuning: a backbone's new weights.

    Parameters
    ----------
    weights : bytes
        Content of the new weights file.
    head : array of float32, shape (n_units + 1,)
        Weights of the touch head that was trained with the CNN, then its bias: the
        logit of a touch is the weighted sum of the units, plus the bias.
    n_steps : int
        Number of steps until the best state.
    validation_losses : dict of int to float
        Loss on images of validation trials by number of steps; empty without such
        trials.
    """

    weights: bytes
    head: Float32s
    n_steps: int
    validation_losses: dict[int, float] = field(default_factory=dict)


def fine_tune(
    backbone: Backbone,
    weights_path: Path,
    images: LabelledImages,
    *,
    validation: LabelledImages | None = None,
    plan: FineTuningPlan,
    checkpoint_path: Path | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> FineTuned:
    """Train a CNN further on labelled frames.

    Parameters
    ----------
    backbone : Backbone
        The CNN that the training starts from.
    weights_path : Path
        Its weights file.
    images : LabelledImages
        Images of training trials.
    validation : LabelledImages, optional
        Images of validation trials, which decide after which step the CNN is best.
        Without them, it is the last one.
    plan : FineTuningPlan
        Number of steps, batch, learning rate and seed.
    checkpoint_path : Path, optional
        File in which the state is stored several times. If it has the state of a
        training with the same data, plan and libraries, the training continues from
        there, and its result is the same as without the interruption.
    progress : callable, optional
        Called after each step with the stage, the number of steps done, and of all
        steps. An exception that it raises ends the training.

    Returns
    -------
    fine_tuned : FineTuned
        Equal for equal arguments, machine and number of threads.
    """
    rng = np.random.default_rng([plan.seed])
    judged = None if validation is None else validation.draw(_VALIDATION_IMAGES, rng)
    cnn = TrainableCnn(
        backbone.kind,
        weights_path,
        n_steps=plan.n_steps,
        learning_rate=plan.learning_rate,
        seed=plan.seed,
    )
    file = CheckpointFile(checkpoint_path, _key(backbone, images, judged, plan))
    checkpoint = file.read() or Checkpoint(step=0, state=cnn.state)
    cnn.restore(checkpoint.state)
    evaluation_steps = plan.evaluation_steps
    for step in range(checkpoint.step, plan.n_steps):
        progress(_STAGE, step, plan.n_steps)
        # A generator for each step: a step depends on its number, not on the steps
        # before an interruption.
        rng = np.random.default_rng([plan.seed, step])
        drawn, touch = images.draw(plan.batch_images, rng)
        cnn.train(augmented(drawn, rng), touch, step)
        n_done = step + 1
        if n_done in evaluation_steps:
            loss = None if judged is None else _loss(cnn, *judged)
            checkpoint = checkpoint.after(n_done, cnn.state, loss)
            file.write(checkpoint)
    progress(_STAGE, plan.n_steps, plan.n_steps)
    best_step, best_state = checkpoint.best
    cnn.restore(best_state)
    return FineTuned(
        weights=cnn.weights_file(),
        head=cnn.head,
        n_steps=best_step,
        validation_losses=dict(checkpoint.losses),
    )


def _loss(cnn: TrainableCnn, images: Frames, touch: Float32s) -> float:
    batches = range(0, len(images), _BATCH_IMAGES)
    logits = np.concatenate(
        [cnn.logits(images[first : first + _BATCH_IMAGES]) for first in batches]
    ).astype(np.float64)
    # The cross entropy of the logits, which never overflows.
    losses = np.logaddexp(0, logits) - touch * logits
    return float(losses.mean())


def _key(
    backbone: Backbone,
    images: LabelledImages,
    judged: tuple[Frames, Float32s] | None,
    plan: FineTuningPlan,
) -> str:
    tensorflow = quiet_tensorflow()
    versions = f"{tensorflow.__version__} {tensorflow.keras.__version__}"
    digest = hashlib.sha256()
    for text in (str(_FORMAT), backbone.sha256, images.sha256, repr(plan), versions):
        digest.update(f"{text}\n".encode())
    for array in judged or ():
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
