"""Grey frames of any window of a simulated scene.

The light of the background is multiplied by the transmission of the pole, with its stem
and halo, and of every whisker. Then the noise of the sensor is added.
"""

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float32s, Float64s
from models_ml.simulator.scene import Lighting, PoleLook, Scene
from models_ml.simulator.whiskers import Whisker

WHITE = 255.0
# The tip's position is rounded to an eighth of a pixel, so that pictures can be reused.
STEPS_PER_PX = 8
CHUNK_PIXELS = 64 * 61 * 61


def draw_windows(
    scene: Scene,
    corners_px: npt.NDArray[np.int64],
    size_px: tuple[int, int],
    rng: np.random.Generator,
    *,
    first_frame: int = 0,
) -> npt.NDArray[np.uint8]:
    """Return pictures of a window of the scene, one per frame.

    Parameters
    ----------
    scene : Scene
        The scene to draw.
    corners_px : array of int64, shape (n_windows, 2)
        Top-left corner of each window, as (x, y) in full-frame pixels; it may be
        outside the frame.
    size_px : tuple of int
        Width and height of the windows.
    rng : numpy Generator
        Source of the sensor noise.
    first_frame : int
        Frame of the scene for the first window; the other windows are of the frames
        after it.

    Returns
    -------
    frames : array of uint8, shape (n_windows, height, width)
    """
    width, height = size_px
    frames = np.empty((len(corners_px), height, width), np.uint8)
    background = _Background(scene, corners_px, size_px)
    poles = _Poles(scene.look, size_px)
    at_once = max(1, CHUNK_PIXELS // (width * height))
    for start in range(0, len(frames), at_once):
        part = slice(start, min(start + at_once, len(frames)))
        rows = slice(part.start + first_frame, part.stop + first_frame)
        corners = corners_px[part]
        light = background.windows(corners)
        light *= scene.lighting.lamp[rows, None, None].astype(np.float32)
        light *= poles.windows(scene.pole.tip_px[rows] - corners, scene.pole.lift[rows])
        for whisker in scene.whiskers:
            _shade_by_whisker(light, whisker, corners, rows, scene.rig.exposure_ms)
        noise = rng.standard_normal(light.shape, dtype=np.float32)
        light += noise * np.float32(scene.lighting.noise_levels / WHITE)
        light *= WHITE
        light += np.float32(0.5)
        frames[part] = np.clip(light, 0, WHITE)
    return frames


class _Background:
    """The background with its lighting, drawn once and cut into windows."""

    def __init__(
        self,
        scene: Scene,
        corners_px: npt.NDArray[np.int64],
        size_px: tuple[int, int],
    ) -> None:
        self._size = size_px
        low = corners_px.min(axis=0)
        high = corners_px.max(axis=0) + np.array(size_px)
        self._low = low
        x = np.arange(low[0], high[0], dtype=np.float64)[None, :]
        y = np.arange(low[1], high[1], dtype=np.float64)[:, None]
        image = _lit(scene.lighting, scene.rig.frame_px, x, y)
        self._image = (image * _face_transmission(scene, x, y)).astype(np.float32)

    def windows(self, corners_px: npt.NDArray[np.int64]) -> Float32s:
        width, height = self._size
        cuts = np.lib.stride_tricks.sliding_window_view(self._image, (height, width))
        corners = corners_px - self._low
        windows: Float32s = cuts[corners[:, 1], corners[:, 0]]
        return windows


def _lit(
    lighting: Lighting,
    frame_px: tuple[int, int],
    x: Float64s,
    y: Float64s,
) -> Float64s:
    from_middle_x = (x - frame_px[0] / 2) / frame_px[0]
    from_middle_y = (y - frame_px[1] / 2) / frame_px[0]
    along = from_middle_x * np.cos(lighting.gradient_angle)
    along = along + from_middle_y * np.sin(lighting.gradient_angle)
    corner = 4 * (from_middle_x**2 + from_middle_y**2)
    light: Float64s = 1 + lighting.gradient * along - lighting.vignette * corner
    for blot_x, blot_y, size, depth in lighting.blots:
        squared = ((x - blot_x) ** 2 + (y - blot_y) ** 2) / (2 * size**2)
        light += depth * np.exp(-squared)
    return np.maximum(lighting.light * light, 0)


def _face_transmission(scene: Scene, x: Float64s, y: Float64s) -> Float64s:
    """Return the transmission of the mouse's dark face with its furry edge."""
    cos, sin = np.cos(scene.face_angle), np.sin(scene.face_angle)
    inside = (x - scene.face_px[0]) * cos + (y - scene.face_px[1]) * sin
    along = (y - scene.face_px[1]) * cos - (x - scene.face_px[0]) * sin
    fur = 0.9 * np.sin(along * 0.55) + 0.6 * np.sin(along * 2.9)
    fur = fur + 0.8 * np.sin(along * 1.37 + 2 * np.sin(along * 0.21))
    cheek = along**2 / 360
    transmission: Float64s = 0.02 + 0.98 * _sigmoid(-(inside - cheek + fur) / 2.0)
    return transmission


class _Poles:
    """Pictures of the pole by position and height, each drawn once."""

    def __init__(self, look: PoleLook, size_px: tuple[int, int]) -> None:
        self._look = look
        self._size = size_px
        self._drawn: dict[tuple[int, ...], Float32s] = {}
        # Of full frames, which are large, only a few; of 61 px crops, all.
        self._n_max = max(4, 2**22 // (size_px[0] * size_px[1]))

    def windows(self, tip_px: Float64s, lift: Float64s) -> Float32s:
        positions = np.rint(np.column_stack([tip_px * STEPS_PER_PX, lift * 32]))
        return np.stack(
            [self._one(tuple(row)) for row in positions.astype(int).tolist()]
        )

    def _one(self, position: tuple[int, ...]) -> Float32s:
        if position not in self._drawn:
            if len(self._drawn) >= self._n_max:
                self._drawn.clear()
            self._drawn[position] = self._draw(position)
        return self._drawn[position]

    def _draw(self, position: tuple[int, ...]) -> Float32s:
        width, height = self._size
        x = np.arange(width, dtype=np.float64)[None, :] - position[0] / STEPS_PER_PX
        y = np.arange(height, dtype=np.float64)[:, None] - position[1] / STEPS_PER_PX
        # A lowered pole is out of focus.
        blur = 1 + 1.2 * (1 - position[2] / 32)
        return _pole_transmission(self._look, x, y, blur).astype(np.float32)


def _pole_transmission(
    look: PoleLook,
    x: Float64s,
    y: Float64s,
    blur: float,
) -> Float64s:
    """Return the transmission of the pole around its tip at (0, 0)."""
    beyond = np.hypot(x, y) - look.radius
    tip = look.opacity * _sigmoid(-beyond / (0.55 * look.blur * blur))
    halo = look.halo_opacity * np.exp(-np.maximum(beyond, 0) / (look.halo * blur))
    cos, sin = np.cos(look.stem_angle), np.sin(look.stem_angle)
    along = x * cos + y * sin
    across = np.abs(y * cos - x * sin)
    further = np.maximum(along, 0)
    half_width = look.stem_half_width + look.stem_spread * further
    softness = look.stem_blur * blur * (0.5 + further / 30)
    sides = _sigmoid((half_width - across) / (0.55 * softness))
    fading = np.exp(-further / look.stem_fade) * _sigmoid(along / 2.0)
    stem = look.stem_opacity * fading * sides
    transmission: Float64s = (1 - tip) * (1 - halo) * (1 - stem)
    return transmission


def _shade_by_whisker(
    light: Float32s,
    whisker: Whisker,
    corners_px: npt.NDArray[np.int64],
    rows: slice,
    exposure_ms: float,
) -> None:
    """Darken the windows along one whisker; changes `light`."""

    def column(values: Float64s) -> Float32s:
        return values.astype(np.float32)[:, None, None]

    _, height, width = light.shape
    cos, sin = np.cos(whisker.angle[rows]), np.sin(whisker.angle[rows])
    corner = corners_px - whisker.base_px
    grid_x = np.arange(width, dtype=np.float32)[None, None, :]
    grid_y = np.arange(height, dtype=np.float32)[None, :, None]
    # Pixels of the window in the whisker's coordinates: x along its base, y across.
    x = column(corner[:, 0] * cos + corner[:, 1] * sin) + grid_x * column(cos)
    x = x + grid_y * column(sin)
    y = column(corner[:, 1] * cos - corner[:, 0] * sin) - grid_x * column(sin)
    y = y + grid_y * column(cos)

    load_at = whisker.load_at_px[rows]
    deflection = whisker.deflection_px[rows]
    curvature = column(whisker.curvature[rows])
    slope = curvature * x
    y -= slope * x * np.float32(0.5)
    if deflection.any():
        second = column(1.5 * deflection / load_at**2)
        third = column(-0.5 * deflection / load_at**3)
        inner = np.minimum(x, column(load_at))
        y += (second + third * inner) * inner * inner
        bend = (2 * second + 3 * third * inner) * inner
        y += bend * (x - inner)
        slope -= bend
    # Movement during the exposure makes the line wider and fainter.
    smear = (whisker.speed_px[rows] * exposure_ms) ** 2 / 12
    sigma = np.sqrt(whisker.sigma_px**2 + smear)
    y *= y
    y *= column(-0.5 / sigma**2)
    slope *= slope
    slope += 1
    y /= slope
    np.maximum(y, -30, out=y)
    np.exp(y, out=y)
    taper = (np.float32(whisker.length_px) - x) * np.float32(2.5 / whisker.length_px)
    np.clip(taper, 0, 1, out=taper)
    taper *= x > 0
    y *= taper
    y *= column(-whisker.contrast * whisker.sigma_px / sigma)
    y += 1
    light *= y


def _sigmoid(values: Float64s) -> Float64s:
    share: Float64s = 0.5 + 0.5 * np.tanh(0.5 * values)
    return share
