"""Simulated sessions, written as a session file or as videos."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models_ml.atomic_file import replaced_file
from models_ml.session_files.writer import SessionArrays, write_session_file
from models_ml.simulator.render import draw_windows
from models_ml.simulator.rig import Rig
from models_ml.simulator.trial import SimulatedTrial, simulate_trial, trial_scene

FRAMES_PER_SECOND = 1000
# Full frames are drawn in batches of an eighth of a second, to limit memory.
FRAMES_AT_ONCE = 125


def trial_seeds(seed: int, n_trials: int) -> list[int]:
    """Return one seed per trial of a session.

    Parameters
    ----------
    seed : int
        Seed of the session.
    n_trials : int
        Number of trials.

    Returns
    -------
    seeds : list of int
        A longer session begins with the same seeds.
    """
    return [
        int(np.random.SeedSequence([seed, trial]).generate_state(1)[0])
        for trial in range(n_trials)
    ]


def simulated_trials(
    rig: Rig, *, seed: int, n_trials: int, n_frames: int
) -> Iterator[SimulatedTrial]:
    """Yield the trials of a simulated session, one by one.

    Parameters
    ----------
    rig : Rig
        The rig to simulate.
    seed : int
        The same seed gives the same session.
    n_trials, n_frames : int
        Number of trials, and of frames in each.

    Yields
    ------
    SimulatedTrial
    """
    for trial_seed in trial_seeds(seed, n_trials):
        yield simulate_trial(rig, seed=trial_seed, n_frames=n_frames)


def write_simulated_session(
    path: Path,
    rig: Rig,
    *,
    seed: int,
    n_trials: int,
    n_frames: int,
    name_prefix: str = "SIM",
) -> None:
    """Write a simulated session file in WhACC's layout, with its truth.

    Parameters
    ----------
    path : Path
        The H5 file to write. An existing file is replaced once the new one is complete.
    rig : Rig
        The rig to simulate.
    seed : int
        The same seed gives the same session.
    n_trials, n_frames : int
        Number of trials, and of frames in each.
    name_prefix : str
        Videos are named ``<name_prefix>_<rig>-<trial>.mp4``, from trial 1.

    Notes
    -----
    The truth is in the key ``simulated_touch``. The key ``pole_times`` has the frames
    from which and until which each trial's pole stands still. The crops are in memory
    until the file is written: 3.7 kB per frame of 61x61 pixels.
    """
    trials = list(
        simulated_trials(rig, seed=seed, n_trials=n_trials, n_frames=n_frames)
    )
    write_session_file(
        path,
        trials=[
            (number, video_name(rig, number, name_prefix))
            for number in range(1, n_trials + 1)
        ],
        frames=[trial.frames for trial in trials],
        arrays=SessionArrays(
            locations_x_y=np.concatenate([trial.locations_x_y for trial in trials]),
            max_val_stack=np.concatenate([trial.max_val_stack for trial in trials]),
            template_img=trials[0].template,
            pole_times=np.array([_pole_times(trial) for trial in trials]).T,
            truth=np.concatenate([trial.touch for trial in trials]),
        ),
    )


def _pole_times(trial: SimulatedTrial) -> tuple[int, int]:
    up = int(np.argmax(trial.in_range))
    return up, up + int(trial.in_range.sum())


def write_simulated_videos(
    folder: Path,
    rig: Rig,
    *,
    seed: int,
    n_trials: int,
    n_frames: int,
    name_prefix: str = "SIM",
) -> list[Path]:
    """Write the full-frame videos of a simulated session, H.264 in MP4.

    Parameters
    ----------
    folder : Path
        Folder of the videos; created if missing.
    rig : Rig
        The rig to simulate.
    seed : int
        With the same seed, `write_simulated_session` writes crops of these scenes.
    n_trials, n_frames : int
        Number of videos, and of frames in each, at 1000 frames per second.
    name_prefix : str
        Videos are named ``<name_prefix>_<rig>-<trial>.mp4``, from trial 1.

    Returns
    -------
    paths : list of Path
        In trial order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, trial_seed in enumerate(trial_seeds(seed, n_trials), start=1):
        path = folder / video_name(rig, number, name_prefix)
        _write_video(path, full_frames(rig, seed=trial_seed, n_frames=n_frames))
        paths.append(path)
    return paths


def video_name(rig: Rig, number: int, name_prefix: str) -> str:
    """Return the name of a trial's video, from which WhACC reads the trial number.

    Parameters
    ----------
    rig : Rig
        The simulated rig.
    number : int
        Number of the trial.
    name_prefix : str
        Beginning of the name.

    Returns
    -------
    str
    """
    return f"{name_prefix}_{rig.name}-{number}.mp4"


def full_frames(
    rig: Rig, *, seed: int, n_frames: int
) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield the full frames of the camera in one trial.

    Parameters
    ----------
    rig : Rig
        The rig to simulate.
    seed : int
        Seed of the trial; see `trial_seeds`.
    n_frames : int
        Length of the trial.

    Yields
    ------
    frame : array of uint8, shape (height, width)
    """
    scene = trial_scene(rig, seed=seed, n_frames=n_frames)
    rng = np.random.default_rng([seed, 1])
    for start in range(0, n_frames, FRAMES_AT_ONCE):
        rows = slice(start, min(start + FRAMES_AT_ONCE, n_frames))
        corners = np.zeros((rows.stop - rows.start, 2), np.int64)
        yield from draw_windows(scene, corners, rig.frame_px, rng, first_frame=start)


def _write_video(path: Path, frames: Iterator[npt.NDArray[np.uint8]]) -> None:
    import av

    with replaced_file(path) as part, av.open(str(part), "w", format="mp4") as video:
        stream = video.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.pix_fmt = "yuv420p"
        # One thread, so that the same seed gives the same video.
        stream.options = {"crf": "16", "preset": "veryfast", "threads": "1"}
        for index, frame in enumerate(frames):
            if index == 0:
                stream.height, stream.width = frame.shape
            picture = av.VideoFrame.from_ndarray(frame, format="gray")
            video.mux(stream.encode(picture.reformat(format="yuv420p")))
        video.mux(stream.encode())
