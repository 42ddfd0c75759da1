"""The parameters of a simulated rig."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """Ranges from which the parameters of each trial of a rig are drawn.

    Angles are in degrees in image coordinates: 0 points right, 90 points down.
    Lengths are in pixels of the full frame. A pair is the lowest and the highest value;
    the value of each trial is drawn uniformly between them.

    Attributes
    ----------
    name : str
        Lower case words joined by underscores; part of file names.
    frame_px : tuple of int
        Width and height of the full frame; even numbers, as H.264 needs.
    crop_px : int
        Side of the square crop around the pole; odd.
    crop_offset_px : tuple of int
        Position of the pole's tip in the crop, as (x, y) from the crop's middle.
    light : pair of float
        Brightness of the background around the pole, 0 black to 1 white.
    gradient, vignette : pair of float
        Share of the light lost towards one side of the frame, and towards its corners.
    mottle : float
        Depth of the dust and stains in the background, as a share of the light.
    flicker : float
        Standard deviation of the lamp from frame to frame, as a share of the light.
    noise_levels : pair of float
        Standard deviation of the sensor noise, in grey levels of 255.
    exposure_ms : float
        Exposure of a frame, at most its duration of 1 ms; it blurs moving whiskers.
    pole_x_px, pole_y_px : pair of float
        Position of the pole's tip when the pole is up.
    pole_radius_px, pole_blur_px, pole_opacity : pair of float
        The tip is a disc: its radius, the width of its soft edge, and how black it is.
    halo_opacity, halo_px : pair of float
        The out-of-focus shade around the tip, and its extent.
    stem_angle_deg : pair of float
        Direction of the stem from the tip.
    stem_opacity, stem_fade_px, stem_width, stem_spread, stem_blur_px : pair of float
        How black the stem is at the tip, the length over which it fades, its half
        width in tip radii, how much it widens per pixel, and how soft its sides are.
    parallax_px : pair of float
        Distance from the tip, as the camera sees it, at which whiskers touch the pole.
    travel_px, travel_angle_deg : pair of float
        Distance and direction of the lowered pole from the raised one.
    n_whiskers, n_hairs : tuple of int
        Number of whiskers that can touch, and of thinner hairs outside the pole's
        plane.
    base_angle_deg, base_distance_px : pair of float
        Direction and distance of the first whisker's base, seen from the pole.
    base_spacing_px, whisker_spacing_px : pair of float
        Distance between neighbouring whiskers at the face and at the pole.
    whisker_length : pair of float
        Length as a multiple of the distance from face to pole.
    whisker_sigma_px, whisker_contrast, whisker_bend : pair of float
        Width and depth of the drawn line, and the sag of the unloaded whisker at the
        pole, as a share of the distance.
    approach_side : int
        Side of the pole on which the whiskers rest: +1 or -1.
    whisk_hz, amplitude_px, rest_px : pair of float
        Frequency of whisking, its amplitude at the pole, and the distance from the pole
        at rest.
    slip_px : pair of float
        Push after which a whisker slips past the pole.
    crossing_share : float
        Share of passes outside the pole's plane, without a touch.
    jitter_share : float
        Share of frames with an error of one pixel in the tracked position.
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
