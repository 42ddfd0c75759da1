"""Named simulated rigs.

The shipped model was trained on `TRAINING_RIGS`. `UNSEEN_RIGS` measure how it
generalises: they were fixed before any model was trained, and neither they nor the
model were tuned on each other afterwards. `DEMO_RIGS` are for trying the product.
"""

from dataclasses import replace

from models_ml.simulator.rig import Rig

_BRIGHT_SOFT = Rig(
    name="bright_soft",
    light=(0.86, 0.91),
    pole_radius_px=(7.2, 8.2),
    pole_blur_px=(1.8, 2.8),
    stem_angle_deg=(88, 97),
    stem_opacity=(0.8, 0.9),
    stem_fade_px=(30, 55),
    stem_blur_px=(3.0, 5.0),
    base_angle_deg=(-50, -25),
    whisker_contrast=(0.16, 0.24),
    whisker_sigma_px=(1.0, 1.3),
)
_GREY_SLANTED = Rig(
    name="grey_slanted",
    light=(0.53, 0.58),
    pole_radius_px=(8.8, 9.8),
    pole_blur_px=(1.0, 1.6),
    stem_angle_deg=(97, 108),
    stem_opacity=(0.95, 0.98),
    stem_fade_px=(60, 110),
    stem_width=(0.95, 1.05),
    stem_spread=(0.0, 0.03),
    stem_blur_px=(1.8, 3.0),
    base_angle_deg=(-72, -55),
    whisker_contrast=(0.3, 0.45),
    whisker_bend=(0.03, 0.1),
    crossing_share=0.1,
)
_GREY_WIDE = Rig(
    name="grey_wide",
    light=(0.56, 0.62),
    pole_radius_px=(8.0, 9.2),
    pole_blur_px=(1.2, 2.4),
    stem_angle_deg=(80, 96),
    stem_opacity=(0.6, 0.75),
    stem_fade_px=(60, 90),
    stem_width=(0.6, 0.9),
    stem_spread=(0.35, 0.6),
    stem_blur_px=(5.0, 9.0),
    halo_opacity=(0.15, 0.25),
    base_angle_deg=(-95, -75),
    whisker_contrast=(0.28, 0.4),
    whisker_bend=(0.05, 0.12),
    whisk_hz=(6, 10),
    crop_offset_px=(1, 0),
    crossing_share=0.14,
)
_BRIGHT_SHARP = Rig(
    name="bright_sharp",
    light=(0.8, 0.86),
    crop_offset_px=(1, -1),
    pole_radius_px=(11.2, 12.4),
    pole_blur_px=(0.9, 1.3),
    pole_opacity=(0.96, 0.98),
    halo_opacity=(0.03, 0.08),
    stem_angle_deg=(118, 132),
    stem_opacity=(0.88, 0.96),
    stem_fade_px=(40, 70),
    stem_width=(0.45, 0.6),
    stem_spread=(0.05, 0.15),
    stem_blur_px=(2.5, 4.5),
    base_angle_deg=(-55, -38),
    whisker_contrast=(0.28, 0.4),
    approach_side=-1,
    amplitude_px=(18, 30),
    rest_px=(24, 34),
)
_FACE_LEFT = Rig(
    name="face_left",
    light=(0.72, 0.8),
    crop_offset_px=(-2, 2),
    pole_x_px=(165, 205),
    pole_radius_px=(8.5, 10),
    pole_blur_px=(3.0, 4.2),
    halo_opacity=(0.3, 0.45),
    halo_px=(7, 12),
    stem_angle_deg=(-15, 20),
    stem_opacity=(0.4, 0.6),
    stem_spread=(0.2, 0.4),
    stem_blur_px=(6, 9),
    travel_angle_deg=(-15, 15),
    base_angle_deg=(150, 170),
    whisker_contrast=(0.4, 0.6),
    whisker_sigma_px=(0.7, 0.95),
    n_whiskers=(2, 3),
    noise_levels=(1.2, 2.2),
    parallax_px=(0.5, 2.0),
)
_BRIGHT_LEVEL = Rig(
    name="bright_level",
    light=(0.84, 0.89),
    pole_radius_px=(6.0, 7.0),
    pole_blur_px=(0.9, 1.6),
    stem_angle_deg=(84, 94),
    stem_opacity=(0.55, 0.7),
    stem_width=(1.2, 1.6),
    stem_spread=(0.15, 0.3),
    stem_blur_px=(4, 7),
    base_angle_deg=(-5, 12),
    approach_side=-1,
    whisker_contrast=(0.18, 0.3),
    whisker_bend=(0.01, 0.05),
    whisk_hz=(8, 13),
    noise_levels=(1.5, 3.0),
)
_TWO_ROWS = Rig(
    name="two_rows",
    light=(0.66, 0.74),
    pole_radius_px=(9.5, 10.8),
    pole_blur_px=(1.4, 2.6),
    stem_angle_deg=(60, 75),
    stem_opacity=(0.8, 0.92),
    stem_spread=(0.08, 0.2),
    base_angle_deg=(-140, -110),
    n_whiskers=(2, 3),
    whisker_contrast=(0.2, 0.5),
    whisker_spacing_px=(14, 26),
    amplitude_px=(20, 32),
    rest_px=(24, 34),
    noise_levels=(1.5, 2.8),
    crossing_share=0.1,
)

TRAINING_RIGS: tuple[Rig, ...] = (
    _BRIGHT_SOFT,
    _GREY_SLANTED,
    _GREY_WIDE,
    _BRIGHT_SHARP,
    _FACE_LEFT,
    _BRIGHT_LEVEL,
    _TWO_ROWS,
)

DEMO_RIGS: tuple[Rig, ...] = (
    replace(_BRIGHT_SOFT, name="lab_a", base_angle_deg=(-60, -45), light=(0.8, 0.84)),
    replace(_GREY_SLANTED, name="lab_b", whisker_contrast=(0.24, 0.32)),
)

UNSEEN_RIGS: tuple[Rig, ...] = (
    Rig(
        name="dim_faint",
        light=(0.26, 0.31),
        gradient=(0.2, 0.35),
        noise_levels=(2.0, 2.8),
        pole_radius_px=(8.0, 9.5),
        pole_blur_px=(1.6, 2.6),
        stem_angle_deg=(62, 72),
        stem_opacity=(0.8, 0.9),
        base_angle_deg=(-20, -8),
        n_whiskers=(2, 2),
        whisker_contrast=(0.2, 0.27),
        crossing_share=0.1,
    ),
    Rig(
        name="thick_fast",
        crop_px=71,
        light=(0.7, 0.76),
        pole_radius_px=(13.0, 14.5),
        pole_blur_px=(4.0, 5.5),
        halo_opacity=(0.25, 0.4),
        halo_px=(6, 10),
        stem_angle_deg=(100, 115),
        stem_opacity=(0.6, 0.75),
        stem_width=(1.0, 1.2),
        stem_blur_px=(6, 9),
        parallax_px=(2.0, 3.0),
        base_angle_deg=(-85, -65),
        whisker_sigma_px=(1.3, 1.6),
        whisker_contrast=(0.24, 0.34),
        whisk_hz=(13, 17),
        amplitude_px=(24, 34),
        rest_px=(28, 38),
        travel_px=(55, 70),
    ),
    Rig(
        name="bright_hairy",
        light=(0.93, 0.97),
        noise_levels=(4.5, 6.0),
        flicker=0.008,
        crop_offset_px=(0, 4),
        pole_radius_px=(7.0, 8.0),
        pole_blur_px=(1.2, 2.0),
        stem_angle_deg=(-100, -80),
        stem_opacity=(0.65, 0.8),
        stem_spread=(0.1, 0.2),
        travel_angle_deg=(-100, -80),
        base_angle_deg=(120, 145),
        n_whiskers=(1, 2),
        n_hairs=(2, 3),
        whisker_contrast=(0.24, 0.34),
        whisker_sigma_px=(0.9, 1.1),
        crossing_share=0.12,
        jitter_share=0.25,
    ),
)


def rig_named(name: str) -> Rig:
    """Return the rig of a given name.

    Parameters
    ----------
    name : str
        Name of a rig in `TRAINING_RIGS`, `DEMO_RIGS` or `UNSEEN_RIGS`.

    Returns
    -------
    Rig

    Raises
    ------
    ValueError
        If there is no rig of that name.
    """
    rigs = {rig.name: rig for rig in (*TRAINING_RIGS, *DEMO_RIGS, *UNSEEN_RIGS)}
    if name not in rigs:
        known = ", ".join(sorted(rigs))
        raise ValueError(
            f"Expected the name of a simulated rig, found {name!r}. Use one of {known}."
        )
    return rigs[name]
