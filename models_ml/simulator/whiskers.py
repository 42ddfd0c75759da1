"""The shape of a whisker, free or bent around the pole, and when it touches.

A whisker is a curve ``y(x)`` in its own coordinates: x runs from the face along the
whisker's base, y across it. The unloaded whisker is a parabola. Against the pole, it is
that parabola plus the small deflection of a beam that is clamped at the face and has a
point load at the point of touch; beyond that point it is unloaded. The load is such
that the whisker lies exactly on the pole's surface.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float64s, Mask

# Time constant of a whisker that swings back after it has slipped.
SWING_BACK_MS = 1.2
# A whisker that leaves the pole sticks to it for the first half pixel.
STICK_PX = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """One whisker in a trial; arrays have one value per frame.

    Attributes
    ----------
    base_px : array of float64, shape (2,)
        Point at which it leaves the face, as (x, y) in full-frame pixels.
    angle : array of float64
        Direction of the base in radians, image coordinates.
    curvature : array of float64
        Curvature of the unloaded whisker, per pixel.
    load_at_px : array of float64
        Position of the load along x.
    deflection_px : array of float64
        Deflection of the whisker by the load; 0 when it is free.
    speed_px : array of float64
        Movement across the whisker at the pole in pixels per frame.
    length_px, sigma_px, contrast : float
        Length along x, and width and depth of the drawn line.
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
    """How a whisker passes the pole.

    Attributes
    ----------
    reach_px : float
        Distance between the pole's middle and the whisker's middle line at touch.
    slip_px : tuple of float
        Lowest and highest push after which the whisker slips past the pole.
    crossing_share : float
        Share of passes outside the pole's plane.
    """

    reach_px: float
    slip_px: tuple[float, float]
    crossing_share: float


def base_angles(
    pole_from_base: Float64s, curvature: Float64s, offset_px: Float64s
) -> Float64s:
    """Return the base angles of a free whisker with given offsets from the pole.

    Parameters
    ----------
    pole_from_base : array of float64, shape (2,)
        Middle of the raised pole, seen from the whisker's base.
    curvature : array of float64, shape (n_frames,)
        Curvature of the free whisker, per pixel.
    offset_px : array of float64, shape (n_frames,)
        Distance across the whisker, positive towards +y.

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
        Middle of the pole, seen from the whisker's base.
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
    """Return the distance of the free whisker from the pole's middle, and where.

    Parameters
    ----------
    along, across : array of float64, shape (n_frames,)
        Middle of the pole in the whisker's coordinates.
    curvature : array of float64, shape (n_frames,)
        Curvature of the free whisker, per pixel.

    Returns
    -------
    distance : array of float64, shape (n_frames,)
        Shortest distance, positive when the whisker is on the +y side.
    nearest : array of float64, shape (n_frames,)
        x of the whisker's nearest point.
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
    """Return the side from which the whisker touches the pole, frame by frame.

    Parameters
    ----------
    distance : array of float64, shape (n_frames,)
        Signed distance of the free whisker from the pole's middle.
    can_touch : array of bool, shape (n_frames,)
        The pole is up and the whisker is long enough.
    passing : Passing
        How the whisker touches, slips or passes outside the plane.
    rng : numpy Generator
        Source of the plane and slip of each pass.

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
            if inside:  # It has just become free: draw the next pass.
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
    """Return the loads with which the whisker lies tangentially on the pole.

    Parameters
    ----------
    along, across : array of float64, shape (n_frames,)
        Middle of the pole in the whisker's coordinates.
    curvature : array of float64, shape (n_frames,)
        Curvature of the free whisker, per pixel.
    reach_px : float
        Distance between the pole's middle and the whisker's middle line at touch.
    sides : array of int8, shape (n_frames,)
        See `touch_sides`.

    Returns
    -------
    load_at_px, deflection_px : array of float64, shape (n_frames,)
        Position of the load along x, and the deflection there. After a slip, the
        deflection decays within milliseconds.
    """
    slope = curvature * along
    # The point of touch and the slope there depend on each other.
    for _ in range(8):
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
