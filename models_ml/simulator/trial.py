"""One simulated trial: crops around the tracked pole, and the exact truth."""

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.simulator.render import draw_windows
from models_ml.simulator.rig import Rig
from models_ml.simulator.scene import Scene, build_scene

MIN_FRAMES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTrial:
    """A trial as a tracker would return it, with its truth.

    Attributes
    ----------
    frames : array of uint8, shape (n_frames, crop_px, crop_px)
        Grey crops around the pole.
    touch : array of bool, shape (n_frames,)
        The truth: a whisker lies on the pole.
    in_range : array of bool, shape (n_frames,)
        The pole stands still, in reach of the whiskers.
    locations_x_y : array of int64, shape (n_frames, 2)
        Top-left corner of each crop, in full-frame pixels.
    max_val_stack : array of float64, shape (n_frames,)
        Match of each crop with the template, unnormalised as in WhACC.
    template : array of uint8, shape (crop_px, crop_px)
        Crop of the raised pole, with which the others are matched.
    """

    frames: npt.NDArray[np.uint8]
    touch: npt.NDArray[np.bool_]
    in_range: npt.NDArray[np.bool_]
    locations_x_y: npt.NDArray[np.int64]
    max_val_stack: npt.NDArray[np.float64]
    template: npt.NDArray[np.uint8]


def simulate_trial(rig: Rig, *, seed: int, n_frames: int) -> SimulatedTrial:
    """Simulate one trial of a rig at 1000 frames per second.

    Parameters
    ----------
    rig : Rig
        The rig to simulate.
    seed : int
        The same seed gives the same bytes.
    n_frames : int
        Length of the trial; at least 40.

    Returns
    -------
    SimulatedTrial

    Raises
    ------
    ValueError
        If the trial is too short for the pole to move up and down.
    """
    scene = trial_scene(rig, seed=seed, n_frames=n_frames)
    _, tracking_rng, pixel_rng = _generators(rig, seed)
    corners = _tracked_corners(scene, tracking_rng)
    frames = draw_windows(scene, corners, (rig.crop_px, rig.crop_px), pixel_rng)
    template = frames[np.argmax(scene.pole.is_up)]
    return SimulatedTrial(
        frames=frames,
        touch=scene.touch,
        in_range=scene.pole.is_up,
        locations_x_y=corners,
        max_val_stack=_match(frames, template),
        template=template,
    )


def trial_scene(rig: Rig, *, seed: int, n_frames: int) -> Scene:
    """Return the scene that `simulate_trial` draws with the same arguments.

    Parameters
    ----------
    rig : Rig
        The rig to simulate.
    seed : int
        The same seed gives the same scene.
    n_frames : int
        Length of the trial; at least 40.

    Returns
    -------
    Scene

    Raises
    ------
    ValueError
        If the trial is too short for the pole to move up and down.
    """
    if n_frames < MIN_FRAMES:
        raise ValueError(
            f"Expected a trial of at least {MIN_FRAMES} frames, found {n_frames}: "
            "the pole needs time to move up and down. Simulate a longer trial."
        )
    return build_scene(rig, n_frames, _generators(rig, seed)[0])


def _generators(rig: Rig, seed: int) -> tuple[np.random.Generator, ...]:
    # The name is part of the seed, so that trials of two rigs differ in movement too.
    sequence = np.random.SeedSequence([seed, zlib.crc32(rig.name.encode())])
    return tuple(map(np.random.default_rng, sequence.spawn(3)))


def _tracked_corners(scene: Scene, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    rig = scene.rig
    n_frames = len(scene.pole.lift)
    off = rng.random((n_frames, 1)) < rig.jitter_share
    jitter = off * rng.integers(-1, 1, size=(n_frames, 2), endpoint=True)
    middle = scene.pole.tip_px - np.array(rig.crop_offset_px) - (rig.crop_px - 1) / 2
    corners: npt.NDArray[np.int64] = np.rint(middle).astype(np.int64) + jitter
    return corners


def _match(
    frames: npt.NDArray[np.uint8], template: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float64]:
    """Return OpenCV's TM_CCOEFF of each frame with the template."""
    centred = template.astype(np.float32) - template.mean(dtype=np.float32)
    flat = frames.reshape(len(frames), -1).astype(np.float32)
    match: npt.NDArray[np.float64] = (flat @ centred.ravel()).astype(np.float64)
    return match
