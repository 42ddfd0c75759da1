"""A CNN with a touch head, trained step by step; each step depends on its number."""

import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float32s
from models_ml.cnn.backbone import backbone_model
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

_DROPPED_SHARE = 0.2


class TrainableCnn:
    """A backbone with a head that predicts whether frame t is a touch frame.

    Parameters
    ----------
    kind : str
        ``compact`` or ``resnet50v2``.
    weights_path : Path
        Weights of the backbone that the training starts from.
    n_steps : int
        Number of steps of the training; the learning rate falls until then.
    learning_rate : float
        Learning rate of the first step.
    seed : int
        Seed of the head's first weights, and of dropout.
    """

    def __init__(
        self,
        kind: str,
        weights_path: Path,
        *,
        n_steps: int,
        learning_rate: float,
        seed: int,
    ) -> None:
        keras = quiet_tensorflow().keras
        self.model = backbone_model(kind, weights_path)
        self.input_px: int = self.model.input_shape[1]
        self._seed = seed
        n_units = self.model.output_shape[1]
        limit = np.sqrt(6 / (n_units + 1))
        first = np.random.default_rng(seed).uniform(-limit, limit, (n_units, 1))
        self._head = [
            quiet_tensorflow().Variable(first.astype(np.float32)),
            quiet_tensorflow().Variable(np.zeros(1, np.float32)),
        ]
        rate = keras.optimizers.schedules.CosineDecay(
            learning_rate, n_steps, alpha=0.01
        )
        self._optimizer = keras.optimizers.Adam(rate)
        self._optimizer.build(self._trained)
        self._step = quiet_tensorflow().function(self._train_step)
        self._scored = quiet_tensorflow().function(self._logits_of_images)

    def train(self, images: Any, touch: Float32s, step: int) -> float:
        """Change the weights by one step, and return its loss.

        Parameters
        ----------
        images : tensor of float32, shape (n_images, height, width, 3)
            Images in [0, 255].
        touch : array of float32, shape (n_images,)
            1 if frame t is a touch frame, else 0.
        step : int
            Number of the step, from 0.

        Returns
        -------
        loss : float
            Mean cross entropy.
        """
        tensorflow = quiet_tensorflow()
        seed = tensorflow.constant([self._seed, step], tensorflow.int32)
        return float(self._step(images, tensorflow.constant(touch), seed))

    def logits(self, images: npt.NDArray[np.uint8]) -> Float32s:
        """Return the logit of a touch of each image.

        Parameters
        ----------
        images : array of uint8, shape (n_images, height, width, 3)
            Images as `LabelledImages.draw` returns them.

        Returns
        -------
        logits : array of float32, shape (n_images,)
        """
        tensorflow = quiet_tensorflow()
        pixels = tensorflow.constant(images, tensorflow.float32)
        logits: Float32s = self._scored(pixels).numpy()
        return logits

    @property
    def state(self) -> list[npt.NDArray[Any]]:
        """All that the next step depends on: weights, head, optimizer."""
        return [np.array(variable.numpy()) for variable in self._variables]

    def restore(self, state: Sequence[npt.NDArray[Any]]) -> None:
        """Continue from the state of a network of the same kind.

        Parameters
        ----------
        state : sequence of arrays
            As `state` returned it.
        """
        for variable, value in zip(self._variables, state, strict=True):
            variable.assign(value)

    @property
    def head(self) -> Float32s:
        """Weights of the touch head, float32 of shape (n_units,), then its bias."""
        head: Float32s = np.concatenate([part.numpy().ravel() for part in self._head])
        return head

    def weights_file(self) -> bytes:
        """Return the backbone's weights as the content of a Keras weights file.

        Returns
        -------
        content : bytes
            A file that `models_ml.cnn.backbone.load_backbone` reads; equal for equal
            weights.
        """
        with TemporaryDirectory() as folder:
            path = Path(folder) / "cnn.weights.h5"
            self.model.save_weights(path)
            return _without_names(path)

    @property
    def _trained(self) -> list[Any]:
        return [*self.model.trainable_variables, *self._head]

    @property
    def _variables(self) -> list[Any]:
        kept = [*self.model.variables, *self._optimizer.variables]
        return [*(variable.value for variable in kept), *self._head]

    def _train_step(self, images: Any, touch: Any, seed: Any) -> Any:
        tensorflow = quiet_tensorflow()
        pixels = self._pixels(images)
        with tensorflow.GradientTape() as tape:
            # Statistics of batch normalisation stay those of the first training.
            units = self.model(pixels, training=False)
            units = tensorflow.nn.experimental.stateless_dropout(
                units, _DROPPED_SHARE, seed
            )
            loss = tensorflow.reduce_mean(
                tensorflow.nn.sigmoid_cross_entropy_with_logits(
                    labels=touch, logits=self._logits(units)
                )
            )
        gradients = tape.gradient(loss, self._trained)
        self._optimizer.apply(gradients, self._trained)
        return loss

    def _logits_of_images(self, images: Any) -> Any:
        return self._logits(self.model(self._pixels(images), training=False))

    def _logits(self, units: Any) -> Any:
        weights, bias = self._head
        return (quiet_tensorflow().linalg.matmul(units, weights) + bias)[:, 0]

    def _pixels(self, images: Any) -> Any:
        scaled = images / 127.5 - 1.0
        if images.shape[1:3] == (self.input_px, self.input_px):
            return scaled
        return quiet_tensorflow().image.resize(scaled, [self.input_px] * 2)


def _without_names(path: Path) -> bytes:
    """Return a weights file without the layers' names.

    Keras numbers all layers of a process, and Keras does not read the numbers.
    """
    content = io.BytesIO()
    with h5py.File(path) as named, h5py.File(content, "w") as file:

        def copy(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                file.create_dataset(name, data=item[...])
            else:
                file.require_group(name)

        named.visititems(copy)
    return content.getvalue()
