"""The shape of a whisker, free or bent around the pole, and when it touches.

A whisker is a curve ``y(x)`` in a frame of its own: x runs from the face along the
whisker's base, y across it. Unloaded it is a parabola. Pressed against the pole it
is that parabola plus the small deflection of a beam that is clamped at the face and
carries a point load at the place of touch; past that place it runs on unloaded.
The load is such that the whisker lies exactly on the pole's surface.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float64s, Mask

# A whisker that has slipped swings back within a few milliseconds.
SWING_BACK_MS = 1.2
# A whisker that leaves the pole clings to it for the first half pixel.
STICK_PX = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """One whisker over a trial; arrays have one value for each frame.

    Attributes
    ----------
    base_px : array of float64, shape (2,)
        Where it leaves the face, (x, y) in full-frame pixels.
    angle : array of float64
        Direction of the base in radians, image coordinates.
    curvature : array of float64
        Of the unloaded whisker, per pixel.
    load_at_px : array of float64
        How far along x the load sits.
    deflection_px : array of float64
        How far the load moves the whisker there; 0 when it is free.
    speed_px : array of float64
        Movement across the whisker at the pole in pixels per frame.
    length_px, sigma_px, contrast : float
        Reach along x, and the width and depth of the drawn line.
    touch : array of bool
        The whisker lies on the pole's surface.
    """

    base_px: Float64s
    angle: Float64s
    curvature: Float64s
    load_at_px: Float64s
    deflection_px: Float64s
    speed_px: Float64s
    length_px: float
    sigma_px: float
    contrast: float
    touch: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """How a whisker meets the pole.

    Attributes
    ----------
    reach_px : float
        Distance between the pole's middle and the whisker's middle line at touch.
    slip_px : tuple of float
        Lowest and highest push after which the whisker slips past.
    crossing_share : float
        Share of passes that go over the pole out of its plane.
    """

    reach_px: float
    slip_px: tuple[float, float]
    crossing_share: float


def base_angles(
    pole_from_base: Float64s, curvature: Float64s, offset_px: Float64s
) -> Float64s:
    """Return the base angle that puts the free whisker at an offset from the pole.

    Parameters
    ----------
    pole_from_base : array of float64, shape (2,)
        The middle of the pole that is up, seen from the whisker's base.
    curvature : array of float64, shape (n_frames,)
        Of the free whisker, per pixel.
    offset_px : array of float64, shape (n_frames,)
        Wanted distance across the whisker, positive towards +y.

    Returns
    -------
    angle : array of float64, shape (n_frames,)
        In radians, image coordinates.
    """
    distance = np.hypot(pole_from_base[0], pole_from_base[1])
    bearing = np.arctan2(pole_from_base[1], pole_from_base[0])
    across = (curvature * distance**2 / 2 - offset_px) / distance
    angle: Float64s = bearing - np.arcsin(np.clip(across, -0.99, 0.99))
    return angle


def in_whisker_frame(
    pole_from_base: Float64s, angle: Float64s
) -> tuple[Float64s, Float64s]:
    """Return the pole's middle along and across the whisker's base.

    Parameters
    ----------
    pole_from_base : array of float64, shape (n_frames, 2)
        The pole's middle seen from the whisker's base.
    angle : array of float64, shape (n_frames,)
        Base angle in radians.

    Returns
    -------
    along, across : array of float64, shape (n_frames,)
    """
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = pole_from_base[:, 0], pole_from_base[:, 1]
    return x * cos + y * sin, y * cos - x * sin


def free_distance(
    along: Float64s, across: Float64s, curvature: Float64s
) -> tuple[Float64s, Float64s]:
    """Return how far the free whisker runs from the pole's middle, and where.

    Parameters
    ----------
    along, across : array of float64, shape (n_frames,)
        The pole's middle in the whisker's frame.
    curvature : array of float64, shape (n_frames,)
        Of the free whisker, per pixel.

    Returns
    -------
    distance : array of float64, shape (n_frames,)
        Shortest distance, positive when the whisker runs on the +y side.
    nearest : array of float64, shape (n_frames,)
        The x of the whisker's nearest point.
    """
    nearest = along.copy()
    for _ in range(4):  # Newton's method on the derivative of the squared distance.
        height = curvature * nearest**2 / 2 - across
        slope = curvature * nearest
        step = (nearest - along) + height * slope
        nearest -= step / (1 + slope**2 + height * curvature)
    height = curvature * nearest**2 / 2 - across
    return np.sign(height) * np.hypot(nearest - along, height), nearest


def touch_sides(
    distance: Float64s,
    can_touch: Mask,
    passing: Passing,
    rng: np.random.Generator,
) -> npt.NDArray[np.int8]:
    """Return on which side the whisker lies on the pole, frame by frame.

    Parameters
    ----------
    distance : array of float64, shape (n_frames,)
        From the free whisker to the pole's middle, signed.
    can_touch : array of bool, shape (n_frames,)
        The pole is up and the whisker long enough.
    passing : Passing
        When a whisker touches, slips or crosses.
    rng : numpy Generator
        Draws each pass's plane and slip.

    Returns
    -------
    side : array of int8, shape (n_frames,)
        +1 or -1 while the whisker touches from that side, else 0.
    """
    sides = np.zeros(len(distance), np.int8)
    side, touching, inside, in_plane, slip = 1, False, True, False, 0.0
    for frame, gap in enumerate(distance.tolist()):
        push = passing.reach_px - side * gap
        if touching:
            touching = bool(can_touch[frame]) and -STICK_PX < push <= slip
        elif abs(gap) >= passing.reach_px:
            if inside:  # It has just come free: the next pass is drawn afresh.
                in_plane = rng.random() >= passing.crossing_share
                slip = rng.uniform(*passing.slip_px)
            inside, side = False, 1 if gap > 0 else -1
        elif not inside:
            inside, touching = True, in_plane and bool(can_touch[frame])
        sides[frame] = side if touching else 0
    return sides


def loads(
    along: Float64s,
    across: Float64s,
    curvature: Float64s,
    reach_px: float,
    sides: npt.NDArray[np.int8],
) -> tuple[Float64s, Float64s]:
    """Return the load that lays the whisker tangentially on the pole.

    Parameters
    ----------
    along, across : array of float64, shape (n_frames,)
        The pole's middle in the whisker's frame.
    curvature : array of float64, shape (n_frames,)
        Of the free whisker, per pixel.
    reach_px : float
        Distance between the pole's middle and the whisker's middle line at touch.
    sides : array of int8, shape (n_frames,)
        As `touch_sides` gives them.

    Returns
    -------
    load_at_px, deflection_px : array of float64, shape (n_frames,)
        Where the load sits along x and how far it moves the whisker there. Of a
        whisker that has slipped, the deflection dies away within milliseconds.
    """
    slope = curvature * along
    for _ in range(8):  # The place of touch and the slope there fix each other.
        tilt = np.arctan(slope)
        load_at = along - sides * reach_px * np.sin(tilt)
        touch_y = across + sides * reach_px * np.cos(tilt)
        deflection = curvature * load_at**2 / 2 - touch_y
        slope = curvature * load_at - 1.5 * deflection / load_at
    deflection[sides == 0] = 0.0
    return load_at, _swung_back(deflection, sides != 0)


def _swung_back(deflection: Float64s, touch: Mask) -> Float64s:
    swinging = deflection.copy()
    left = np.exp(-1 / SWING_BACK_MS)
    for release in np.flatnonzero(touch[:-1] & ~touch[1:]).tolist():
        for frame in range(release + 1, min(release + 7, len(touch))):
            if touch[frame]:
                break
            swinging[frame] = swinging[frame - 1] * left
    return swinging
