"""What may vary in a simulated recording set-up."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """The ranges that a trial of one simulated rig is drawn from.

    Angles are in degrees in image coordinates: 0 points right, 90 points down.
    Lengths are in pixels of the full frame. A pair is the lowest and the highest
    value; each trial draws its own value between them, uniformly.

    Attributes
    ----------
    name : str
        Lower case words joined by underscores; part of file names.
    frame_px : tuple of int
        Width and height of the full frame; even numbers, as H.264 needs.
    crop_px : int
        Side of the square crop around the pole; odd.
    crop_offset_px : tuple of int
        Where the pole's tip lies in the crop, as (x, y) from the crop's middle.
    light : pair of float
        Brightness of the background around the pole, 0 black to 1 white.
    gradient, vignette : pair of float
        Share of the light lost towards one side of the frame, and its corners.
    mottle : float
        Depth of the dust and stains in the background, as a share of the light.
    flicker : float
        Standard deviation of the lamp from frame to frame, as a share of the light.
    noise_levels : pair of float
        Standard deviation of the sensor noise, in grey levels of 255.
    exposure_ms : float
        Exposure of a frame that lasts 1 ms; it smears whiskers that move.
    pole_x_px, pole_y_px : pair of float
        Where the pole's tip stands when the pole is up.
    pole_radius_px, pole_blur_px, pole_opacity : pair of float
        The tip: a disc, the width of its soft edge, and how black it is.
    halo_opacity, halo_px : pair of float
        The out-of-focus shade around the tip and how far it reaches.
    stem_angle_deg : pair of float
        Direction in which the stem trails away from the tip.
    stem_opacity, stem_fade_px, stem_width, stem_spread, stem_blur_px : pair of float
        How black the stem starts, the length over which it fades, its half width
        in tip radii, how much it widens per pixel, and how soft its sides are.
    parallax_px : pair of float
        How far down the stem, as the camera sees it, the whiskers touch the pole.
    travel_px, travel_angle_deg : pair of float
        How far and in which direction the lowered pole stands away.
    n_whiskers, n_hairs : tuple of int
        Whiskers that can touch, and thinner hairs out of the pole's plane.
    base_angle_deg, base_distance_px : pair of float
        Where the first whisker leaves the face, seen from the pole.
    base_spacing_px, whisker_spacing_px : pair of float
        Distance between neighbouring whiskers at the face and at the pole.
    whisker_length : pair of float
        Length as a multiple of the distance from face to pole.
    whisker_sigma_px, whisker_contrast, whisker_bend : pair of float
        Width and depth of the drawn line, and the sag of the unloaded whisker at
        the pole as a share of the distance.
    approach_side : int
        +1 or -1: the side of the pole on which the whiskers rest.
    whisk_hz, amplitude_px, rest_px : pair of float
        Rhythm, reach of a whisk at the pole, and distance at rest from the pole.
    slip_px : pair of float
        How far a whisker must be pushed before it slips past the pole.
    crossing_share : float
        Share of passes that cross over the pole out of its plane, untouched.
    jitter_share : float
        Share of frames whose tracked position is one pixel off.
    """

    name: str
    frame_px: tuple[int, int] = (320, 240)
    crop_px: int = 61
    crop_offset_px: tuple[int, int] = (1, -3)
    light: Range = (0.82, 0.86)
    gradient: Range = (0.0, 0.12)
    vignette: Range = (0.05, 0.15)
    mottle: float = 0.012
    flicker: float = 0.003
    noise_levels: Range = (1.0, 1.6)
    exposure_ms: float = 0.4
    pole_x_px: Range = (140.0, 180.0)
    pole_y_px: Range = (90.0, 120.0)
    pole_radius_px: Range = (8.0, 8.6)
    pole_blur_px: Range = (1.4, 2.2)
    pole_opacity: Range = (0.95, 0.97)
    halo_opacity: Range = (0.1, 0.2)
    halo_px: Range = (4.0, 7.0)
    stem_angle_deg: Range = (88.0, 98.0)
    stem_opacity: Range = (0.7, 0.8)
    stem_fade_px: Range = (35.0, 55.0)
    stem_width: Range = (0.8, 0.95)
    stem_spread: Range = (0.03, 0.08)
    stem_blur_px: Range = (2.5, 4.0)
    parallax_px: Range = (0.0, 1.0)
    travel_px: Range = (40.0, 55.0)
    travel_angle_deg: Range = (85.0, 100.0)
    n_whiskers: tuple[int, int] = (1, 2)
    n_hairs: tuple[int, int] = (0, 0)
    base_angle_deg: Range = (-50.0, -35.0)
    base_distance_px: Range = (130.0, 160.0)
    base_spacing_px: Range = (8.0, 16.0)
    whisker_spacing_px: Range = (18.0, 34.0)
    whisker_length: Range = (1.2, 1.6)
    whisker_sigma_px: Range = (0.9, 1.2)
    whisker_contrast: Range = (0.2, 0.28)
    whisker_bend: Range = (0.02, 0.08)
    approach_side: int = 1
    whisk_hz: Range = (7.0, 11.0)
    amplitude_px: Range = (17.0, 27.0)
    rest_px: Range = (20.0, 28.0)
    slip_px: Range = (10.0, 40.0)
    crossing_share: float = 0.06
    jitter_share: float = 0.12
