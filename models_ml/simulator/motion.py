"""Movement of whiskers and pole, frame by frame."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float64s
from models_ml.simulator.rig import Rig

FRAMES_PER_SECOND = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoleMotion:
    """Position of the pole in each frame of a trial.

    Attributes
    ----------
    tip_px : array of float64, shape (n_frames, 2)
        The tip, as (x, y) in full-frame pixels.
    lift : array of float64, shape (n_frames,)
        0 when the pole is down, 1 when it is up.
    is_up : array of bool, shape (n_frames,)
        The pole stands still, in reach of the whiskers.
    """

    tip_px: Float64s
    lift: Float64s
    is_up: npt.NDArray[np.bool_]


def pole_motion(rig: Rig, n_frames: int, rng: np.random.Generator) -> PoleMotion:
    """Return a pole that moves up early in the trial and down near its end.

    Parameters
    ----------
    rig : Rig
        Ranges from which the trial is drawn.
    n_frames : int
        Length of the trial, at 1000 frames per second.
    rng : numpy Generator
        Source of the trial's randomness.

    Returns
    -------
    PoleMotion
    """
    move = max(2.0, min(rng.uniform(60, 110), n_frames / 10))
    up_at = n_frames * rng.uniform(0.06, 0.12)
    down_at = n_frames * rng.uniform(0.9, 0.96)
    frame = np.arange(n_frames)
    rise = np.clip((frame - up_at) / move, 0, 1)
    fall = np.clip((frame - down_at) / move, 0, 1)
    lift = _eased(rise) * (1 - _eased(fall))

    home = np.array([rng.uniform(*rig.pole_x_px), rng.uniform(*rig.pole_y_px)])
    angle = np.radians(rng.uniform(*rig.travel_angle_deg))
    away = rng.uniform(*rig.travel_px) * np.array([np.cos(angle), np.sin(angle)])
    # The pole vibrates for some tens of milliseconds after it has stopped.
    since_up = np.maximum(frame - up_at - move, 0)
    ringing = np.exp(-since_up / 40) * np.sin(since_up / 4.5) * (rise >= 1) * 0.5
    shake = 0.08 * smooth_noise(rng, n_frames, 30)
    tip = home + np.outer(1 - lift + (ringing + shake) / np.hypot(*away), away)
    return PoleMotion(tip_px=tip, lift=lift, is_up=(rise >= 1) & (fall <= 0))


def whisking_offsets(
    rig: Rig, n_frames: int, n_whiskers: int, rng: np.random.Generator
) -> Float64s:
    """Return the distance of each free whisker from the pole's middle.

    All whiskers of a mouse move together, in one rhythm whose frequency, amplitude and
    rest position drift, with a small lag and a distance from whisker to whisker.

    Parameters
    ----------
    rig : Rig
        Ranges from which the trial is drawn.
    n_frames, n_whiskers : int
        Number of frames and of whiskers.
    rng : numpy Generator
        Source of the trial's randomness.

    Returns
    -------
    offsets : array of float64, shape (n_whiskers, n_frames)
        Pixels across the whisker, positive on the side on which the whisker rests.
    """
    rate_hz = rng.uniform(*rig.whisk_hz) * (1 + 0.15 * smooth_noise(rng, n_frames, 400))
    phase = rng.uniform(0, 2 * np.pi) + np.cumsum(
        2 * np.pi * rate_hz / FRAMES_PER_SECOND
    )
    bout = 0.5 + 0.5 * np.tanh(1.2 + 1.3 * smooth_noise(rng, n_frames, 500))
    amplitude = rng.uniform(*rig.amplitude_px) * bout
    rest = rng.uniform(*rig.rest_px) + 7.0 * smooth_noise(rng, n_frames, 350)
    offsets = np.empty((n_whiskers, n_frames))
    distance = 0.0
    for index in range(n_whiskers):
        lag = index * rng.uniform(0.05, 0.3)
        swing = np.cos(phase - lag + 0.35 * np.sin(phase - lag))
        tremor = 0.15 * smooth_noise(rng, n_frames, 12)
        own = 1.5 * smooth_noise(rng, n_frames, 250)
        offsets[index] = rest + distance - amplitude * swing + tremor + own
        distance += rng.uniform(*rig.whisker_spacing_px)
    return offsets


def smooth_noise(
    rng: np.random.Generator, n_frames: int, timescale_ms: float
) -> Float64s:
    """Return smooth noise of unit variance.

    Parameters
    ----------
    rng : numpy Generator
        Source of the noise.
    n_frames : int
        Length, at 1000 frames per second.
    timescale_ms : float
        Full width of the window that smooths the noise.

    Returns
    -------
    noise : array of float64, shape (n_frames,)
    """
    window = np.hanning(round(timescale_ms) + 2)
    window /= np.sqrt((window**2).sum())
    white = rng.standard_normal(n_frames + len(window) - 1)
    return np.convolve(white, window, mode="valid")


def _eased(share: Float64s) -> Float64s:
    return share * share * (3 - 2 * share)
