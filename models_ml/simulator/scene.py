"""One simulated trial in full-frame pixels: everything that is drawn."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float64s
from models_ml.simulator.motion import (
    PoleMotion,
    pole_motion,
    smooth_noise,
    whisking_offsets,
)
from models_ml.simulator.rig import Rig
from models_ml.simulator.whiskers import (
    Passing,
    Whisker,
    base_angles,
    free_distance,
    in_whisker_frame,
    loads,
    touch_sides,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoleLook:
    """Appearance of the pole; lengths in pixels, opacities in [0, 1]."""

    radius: float
    blur: float
    opacity: float
    halo_opacity: float
    halo: float
    stem_angle: float
    stem_opacity: float
    stem_fade: float
    stem_half_width: float
    stem_spread: float
    stem_blur: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lighting:
    """Lighting of the background, as shares of the full white level."""

    light: float
    gradient: float
    gradient_angle: float
    vignette: float
    mottle: float
    blots: Float64s  # (n_blots, 4): x, y, size, depth
    lamp: Float64s  # (n_frames,): factor on the light
    noise_levels: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchDisc:
    """The slice of the pole in the whiskers' plane.

    Attributes
    ----------
    centre_px : array of float64, shape (n_frames, 2)
        Middle of the slice, as (x, y) in full-frame pixels.
    radius_px : float
        Radius of the slice.
    home_px : array of float64, shape (2,)
        Middle of the slice when the pole is up.
    is_up : array of bool, shape (n_frames,)
        Frames in which the pole can be touched.
    """

    centre_px: Float64s
    radius_px: float
    home_px: Float64s
    is_up: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything in a trial: movement, appearance, and when a whisker touches.

    Attributes
    ----------
    rig : Rig
        The rig from which the scene was drawn.
    pole : PoleMotion
        Movement of the visible tip.
    disc : TouchDisc
        The touchable slice of the pole.
    look : PoleLook
        Appearance of the pole.
    lighting : Lighting
        Lighting of the background.
    whiskers : tuple of Whisker
        All whiskers and hairs.
    face_px, face_angle : array and float
        A point on the edge of the face, and the direction of the face.
    """

    rig: Rig
    pole: PoleMotion
    disc: TouchDisc
    look: PoleLook
    lighting: Lighting
    whiskers: tuple[Whisker, ...]
    face_px: Float64s
    face_angle: float

    @property
    def touch(self) -> npt.NDArray[np.bool_]:
        """Frames with at least one whisker on the pole."""
        touch = np.zeros(len(self.pole.lift), np.bool_)
        for whisker in self.whiskers:
            touch |= whisker.touch
        return touch


def build_scene(rig: Rig, n_frames: int, rng: np.random.Generator) -> Scene:
    """Return the scene of one trial of a rig.

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
    Scene
    """
    look = _pole_look(rig, rng)
    pole = pole_motion(rig, n_frames, rng)
    stem = np.array([np.cos(look.stem_angle), np.sin(look.stem_angle)])
    centre = pole.tip_px + rng.uniform(*rig.parallax_px) * stem
    disc = TouchDisc(
        centre_px=centre,
        radius_px=look.radius,
        home_px=centre[np.argmax(pole.lift)],
        is_up=pole.is_up,
    )
    bearing = np.radians(rng.uniform(*rig.base_angle_deg))
    towards_face = np.array([np.cos(bearing), np.sin(bearing)])
    base = disc.home_px + rng.uniform(*rig.base_distance_px) * towards_face
    return Scene(
        rig=rig,
        pole=pole,
        disc=disc,
        look=look,
        lighting=_lighting(rig, n_frames, rng),
        whiskers=_whiskers(rig, disc, base, rng),
        face_px=base - 4 * towards_face,
        face_angle=bearing,
    )


def _pole_look(rig: Rig, rng: np.random.Generator) -> PoleLook:
    radius = rng.uniform(*rig.pole_radius_px)
    return PoleLook(
        radius=radius,
        blur=rng.uniform(*rig.pole_blur_px),
        opacity=rng.uniform(*rig.pole_opacity),
        halo_opacity=rng.uniform(*rig.halo_opacity),
        halo=rng.uniform(*rig.halo_px),
        stem_angle=np.radians(rng.uniform(*rig.stem_angle_deg)),
        stem_opacity=rng.uniform(*rig.stem_opacity),
        stem_fade=rng.uniform(*rig.stem_fade_px),
        stem_half_width=radius * rng.uniform(*rig.stem_width),
        stem_spread=rng.uniform(*rig.stem_spread),
        stem_blur=rng.uniform(*rig.stem_blur_px),
    )


def _lighting(rig: Rig, n_frames: int, rng: np.random.Generator) -> Lighting:
    width, height = rig.frame_px
    n_blots = 40
    blots = np.column_stack(
        [
            rng.uniform(0, width, n_blots),
            rng.uniform(0, height, n_blots),
            rng.uniform(1.5, 18, n_blots),
            rng.normal(0, rig.mottle, n_blots),
        ]
    )
    mains = 0.5 * np.sin(np.arange(n_frames) * 2 * np.pi * 0.1 + rng.uniform(0, 6))
    lamp = 1 + rig.flicker * (rng.standard_normal(n_frames) + mains)
    return Lighting(
        light=rng.uniform(*rig.light),
        gradient=rng.uniform(*rig.gradient),
        gradient_angle=rng.uniform(0, 2 * np.pi),
        vignette=rng.uniform(*rig.vignette),
        mottle=rig.mottle,
        blots=blots,
        lamp=lamp + 0.5 * rig.flicker * smooth_noise(rng, n_frames, 200),
        noise_levels=rng.uniform(*rig.noise_levels),
    )


def _whiskers(
    rig: Rig, disc: TouchDisc, base: Float64s, rng: np.random.Generator
) -> tuple[Whisker, ...]:
    n_whiskers = int(rng.integers(*rig.n_whiskers, endpoint=True))
    n_hairs = int(rng.integers(*rig.n_hairs, endpoint=True))
    offsets = whisking_offsets(rig, len(disc.centre_px), n_whiskers + n_hairs, rng)
    towards_pole = (disc.home_px - base) / np.hypot(*(disc.home_px - base))
    along_face = rig.approach_side * np.array([-towards_pole[1], towards_pole[0]])
    sigma = rng.uniform(*rig.whisker_sigma_px)
    contrast = rng.uniform(*rig.whisker_contrast)
    spacing = 0.0
    whiskers = []
    for index, offset in enumerate(offsets):
        is_hair = index >= n_whiskers
        if is_hair:  # Hairs move out of step with the whiskers.
            offset = np.roll(offsets[0], 37 * index) + rng.uniform(-25, 25)
        line = _Line(
            base_px=base + spacing * along_face,
            sigma_px=sigma * rng.uniform(0.9, 1.1) * (0.7 if is_hair else 1),
            contrast=contrast * rng.uniform(0.9, 1.1) * (0.7 if is_hair else 1),
            touches=not is_hair,
        )
        whiskers.append(_whisker(rig, disc, line, rig.approach_side * offset, rng))
        spacing += rng.uniform(*rig.base_spacing_px)
    return tuple(whiskers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    base_px: Float64s
    sigma_px: float
    contrast: float
    touches: bool


def _whisker(
    rig: Rig,
    disc: TouchDisc,
    line: _Line,
    offset: Float64s,
    rng: np.random.Generator,
) -> Whisker:
    home = disc.home_px - line.base_px
    distance = float(np.hypot(*home))
    length = distance * rng.uniform(*rig.whisker_length)
    sag = rng.uniform(*rig.whisker_bend) * rng.choice([-1, 1])
    curvature = 2 * sag / distance * (1 + 0.1 * smooth_noise(rng, len(offset), 300))
    angle = base_angles(home, curvature, offset)
    along, across = in_whisker_frame(disc.centre_px - line.base_px, angle)
    gap, nearest = free_distance(along, across, curvature)
    passing = Passing(
        reach_px=disc.radius_px + 0.5 * line.sigma_px,
        slip_px=rig.slip_px,
        crossing_share=rig.crossing_share,
    )
    can_touch = disc.is_up & (nearest < length - 3) & line.touches
    sides = touch_sides(gap, can_touch, passing, rng)
    load_at, deflection = loads(along, across, curvature, passing.reach_px, sides)
    return Whisker(
        base_px=line.base_px,
        angle=angle,
        curvature=curvature,
        load_at_px=load_at,
        deflection_px=deflection,
        speed_px=np.gradient(offset) * (sides == 0),
        length_px=length,
        sigma_px=line.sigma_px,
        contrast=line.contrast,
        touch=sides != 0,
    )
