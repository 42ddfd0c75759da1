from pathlib import Path

import av
import numpy as np
import pytest

from models_ml.session_files.reader import open_session_file
from models_ml.simulator.rigs import (
    DEMO_RIGS,
    TRAINING_RIGS,
    UNSEEN_RIGS,
    rig_named,
)
from models_ml.simulator.session import (
    full_frames,
    simulated_trials,
    trial_seeds,
    write_simulated_session,
    write_simulated_videos,
)
from models_ml.simulator.trial import simulate_trial, trial_scene
from models_ml.simulator.whiskers import Passing, Whisker, touch_sides
from models_ml.touches.detection import touches_from_mask

ALL_RIGS = (*TRAINING_RIGS, *DEMO_RIGS, *UNSEEN_RIGS)


def whisker_path(whisker: Whisker, frame: int) -> np.ndarray:
    """Return points of one whisker, by the definition in the module's docstring."""
    x = np.arange(0, whisker.length_px, 0.05)
    load_at = whisker.load_at_px[frame]
    inner = np.minimum(x, load_at) / load_at
    moved = 1.5 * inner**2 - 0.5 * inner**3 + 1.5 * np.maximum(x / load_at - 1, 0)
    y = whisker.curvature[frame] * x**2 / 2 - whisker.deflection_px[frame] * moved
    angle = whisker.angle[frame]
    turned = [x * np.cos(angle) - y * np.sin(angle)]
    turned += [x * np.sin(angle) + y * np.cos(angle)]
    return np.column_stack(turned) + whisker.base_px


def test_trial_of_the_same_seed_has_the_same_bytes() -> None:
    first = simulate_trial(TRAINING_RIGS[0], seed=5, n_frames=120)
    again = simulate_trial(TRAINING_RIGS[0], seed=5, n_frames=120)
    other = simulate_trial(TRAINING_RIGS[0], seed=6, n_frames=120)

    assert first.frames.tobytes() == again.frames.tobytes()
    assert first.touch.tobytes() == again.touch.tobytes()
    assert first.frames.tobytes() != other.frames.tobytes()


@pytest.mark.parametrize("rig", ALL_RIGS, ids=lambda rig: rig.name)
def test_truth_is_that_the_whisker_lies_on_the_pole(rig) -> None:
    off_surface = [
        abs(distance - scene.disc.radius_px - 0.5 * whisker.sigma_px)
        for seed in range(4)
        for scene in [trial_scene(rig, seed=seed, n_frames=1500)]
        for whisker in scene.whiskers
        for frame in np.flatnonzero(whisker.touch)[::9]
        for from_pole in [whisker_path(whisker, frame) - scene.disc.centre_px[frame]]
        for distance in [np.hypot(*from_pole.T).min()]
    ]

    assert len(off_surface) > 20
    assert max(off_surface) < 0.01


@pytest.mark.parametrize("rig", ALL_RIGS, ids=lambda rig: rig.name)
def test_touches_are_as_long_and_as_common_as_in_recordings(rig) -> None:
    shares, durations = [], []
    for seed in range(6):
        scene = trial_scene(rig, seed=seed, n_frames=2000)
        shares.append(scene.touch[scene.pole.is_up].mean())
        _, onsets, offsets = touches_from_mask(scene.touch, [2000]).T
        durations.append(offsets - onsets)
    typical = np.percentile(np.concatenate(durations), [10, 90])

    assert 0.05 <= np.mean(shares) <= 0.25
    assert typical[0] >= 4
    assert typical[1] <= 80


def test_touch_happens_only_while_the_pole_is_in_reach() -> None:
    trials = [
        simulate_trial(rig, seed=11, n_frames=400) for rig in (*DEMO_RIGS, *UNSEEN_RIGS)
    ]

    assert [trial.in_range[0] or trial.in_range[-1] for trial in trials] == [False] * 5
    assert [bool((trial.touch & ~trial.in_range).any()) for trial in trials] == [
        False
    ] * 5


def test_whisker_outside_the_plane_passes_without_a_touch() -> None:
    # The gap runs from +5 to -5 and back; the pole's surface lies at 2.
    gap = np.array([5, 3, 1, 0, -1, -3, -5, -3, -1, 1, 3.0])
    up = np.ones(11, bool)
    always = Passing(reach_px=2, slip_px=(90, 90), crossing_share=1.0)
    never = Passing(reach_px=2, slip_px=(90, 90), crossing_share=0.0)
    rng = np.random.default_rng(0)

    assert touch_sides(gap, up, always, rng).tolist() == [0] * 11
    assert touch_sides(gap, up, never, rng).tolist() == [0, 0] + [1] * 8 + [0]


def test_whisker_that_slips_past_touches_from_the_other_side() -> None:
    # Pushed by more than 2 it slips, is free at -3, and returns from there.
    gap = np.array([5, 3, 1, 0, -1, -3, -5, -3, -1, 1, 3.0])
    passing = Passing(reach_px=2, slip_px=(2, 2), crossing_share=0.0)

    sides = touch_sides(gap, np.ones(11, bool), passing, np.random.default_rng(0))

    assert sides.tolist() == [0, 0, 1, 1, 0, 0, 0, 0, -1, 0, 0]


def test_crop_is_a_window_of_the_full_frame() -> None:
    rig = rig_named("bright_sharp")
    trial = simulate_trial(rig, seed=2, n_frames=200)
    frames = np.stack(list(full_frames(rig, seed=2, n_frames=200)))

    crops = np.stack(
        [
            frame[y : y + rig.crop_px, x : x + rig.crop_px]
            for frame, (x, y) in zip(frames, trial.locations_x_y, strict=True)
        ]
    )

    # Only the sensor's noise, of at most 1.6 levels, differs between the two.
    difference = crops.astype(float) - trial.frames
    assert difference.std() < 2.5
    assert abs(difference.mean()) < 0.1


def test_session_file_has_frames_and_truth(tmp_path: Path) -> None:
    rig = rig_named("thick_fast")
    path = tmp_path / "SIM_thick_fast.h5"
    write_simulated_session(path, rig, seed=4, n_trials=2, n_frames=90)
    trials = list(simulated_trials(rig, seed=4, n_trials=2, n_frames=90))

    with open_session_file(path) as session:
        assert [trial.video_name for trial in session.trials] == [
            "SIM_thick_fast-1.mp4",
            "SIM_thick_fast-2.mp4",
        ]
        assert session.height == 71
        assert session.pole_times is not None
        assert session.pole_times.T.tolist() == [
            [trial.in_range.argmax(), 90 - trial.in_range[::-1].argmax()]
            for trial in trials
        ]
        assert np.array_equal(
            session.frames(0, 180), np.concatenate([trial.frames for trial in trials])
        )
        assert session.truth is not None
        assert np.array_equal(
            session.truth, np.concatenate([trial.touch for trial in trials])
        )


def test_videos_have_every_frame_of_the_scene(tmp_path: Path) -> None:
    rig = rig_named("lab_a")
    paths = write_simulated_videos(tmp_path, rig, seed=1, n_trials=2, n_frames=60)
    drawn = np.stack(list(full_frames(rig, seed=trial_seeds(1, 2)[1], n_frames=60)))

    assert [path.name for path in paths] == ["SIM_lab_a-1.mp4", "SIM_lab_a-2.mp4"]
    with av.open(str(paths[1])) as container:
        stream = container.streams.video[0]
        decoded = np.stack(
            [frame.to_ndarray(format="gray") for frame in container.decode(stream)]
        )
        assert (stream.codec_context.name, stream.average_rate) == ("h264", 1000)
    assert decoded.shape == (60, 240, 320)
    assert np.abs(decoded.astype(float) - drawn).mean() < 3
    assert sorted(tmp_path.iterdir()) == paths


def test_trial_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 40 frames, found 12"):
        simulate_trial(TRAINING_RIGS[0], seed=1, n_frames=12)


def test_unknown_rig_is_refused_with_the_known_names() -> None:
    with pytest.raises(ValueError, match=r"found 'lab_z'\. Use one of bright_hairy"):
        rig_named("lab_z")
