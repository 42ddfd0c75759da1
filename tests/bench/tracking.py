"""Benchmark of tracking: positions and speed, beside WhACC's and beside decoding.

``make bench-tracking ORACLE=folder``. The folder has ``whacc_session.h5``, which WhACC
wrote from ``videos/*.mp4``, and ``videos/pole_truth_xy.json`` with the true centre of
the pole in each frame. For the speed, WhACC's method is imitated: it seeks before every
frame. ``make bench-peers ARGS=tracking`` runs WhACC itself.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import cv2
import h5py
import numpy as np

from models_ml.tracking.crops import cut
from models_ml.tracking.matching import PoleMatcher
from models_ml.tracking.tracked_session import track_session
from models_ml.tracking.tracked_video import TrackingSettings, read_tracked_video
from models_ml.tracking.trial_names import TrialVideo
from models_ml.tracking.videos import decoded_frames

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SEEKING_FRAMES = 60
COPIES = 2
FRAME_PX = np.array([640, 480])


def main() -> None:
    cv2.setNumThreads(1)
    oracle = Path(os.environ.get("ORACLE", "no folder given"))
    if not (oracle / "whacc_session.h5").is_file():
        print(f"{__doc__}\nNothing was measured: ORACLE is not such a folder.")
        return
    with h5py.File(oracle / "whacc_session.h5") as file:
        whacc = {key: file[key][:] for key in file}
    names = [name.decode() for name in whacc["full_file_names"]]
    paths = [oracle / "videos" / name for name in names]
    template = whacc["template_img"]
    settings = TrackingSettings(template=template, crop_px=template.shape[::-1])
    truth = json.loads((oracle / "videos" / "pole_truth_xy.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        print_positions(
            paths, settings, whacc, [np.array(truth[n]) for n in names], work
        )
        print_speeds(paths, settings, work)


def print_positions(paths, settings, whacc, truth, work) -> None:
    tracked(paths, settings, work / "positions")
    half = settings.template.shape[0] // 2
    first = 0
    print("positions and crops beside those of WhACC's run")
    for number, (path, middle) in enumerate(zip(paths, truth, strict=True)):
        found = read_tracked_video(path, work / "positions" / f"{number}", settings)
        rows = slice(first, first + len(middle))
        first = rows.stop
        corners, theirs = found.records["corner"], whacc["locations_x_y"][rows]
        inside = ((middle >= half) & (middle < FRAME_PX - half)).all(axis=1)
        in_frame = ((theirs >= 0) & (theirs + 2 * half < FRAME_PX)).all(axis=1)
        grey = np.abs(
            found.crops[in_frame].astype(int)
            - whacc["images"][rows][in_frame, :, :, 0].astype(int)
        )
        same_cut = all(
            np.array_equal(
                found.crops[frame.index],
                cut(frame.grey, tuple(corners[frame.index]), settings.crop_px),
            )
            for frame in decoded_frames(path)
        )
        distance = {
            name: np.linalg.norm(positions + half - middle, axis=1)[inside].mean()
            for name, positions in (
                ("product", corners),
                ("between pixels", found.records["fine"]),
                ("WhACC", theirs),
            )
        }
        print(
            f"{path.name}: {(corners == theirs).all(axis=1).sum()} of {len(middle)} "
            f"positions equal, {np.abs(corners - theirs).max()} px apart at most "
            f"({np.abs(corners - theirs)[inside].max()} where the pole is inside, "
            f"{inside.sum()} frames)\n  from the truth on average: "
            + ", ".join(f"{name} {value:.4f} px" for name, value in distance.items())
            + f"\n  crops equal the decoded frames: {same_cut}; grey values "
            f"differ from WhACC's by {grey.max()} at most"
        )


def print_speeds(paths, settings, work) -> None:
    copies = []
    for number in range(COPIES * len(paths)):
        source = paths[number % len(paths)]
        copies.append(Path(shutil.copy(source, work / f"copy-{number}.mp4")))
    n_frames = sum(1 for path in copies for _ in decoded_frames(path))
    template = settings.template
    cores = len(os.sched_getaffinity(0))
    stages: dict[str, tuple[int, Callable[[int], None]]] = {
        "WhACC's method: seek, decode, match all": (
            SEEKING_FRAMES,
            lambda _: seek_and_match(paths[0], template),
        ),
        "decoding only, 1 process": (300, lambda _: decode(paths[0])),
        "decoding and matching, 1 process": (
            300,
            lambda _: decode_and_match(paths[0], template),
        ),
        f"decoding only, {cores} processes": (
            n_frames,
            lambda _: decode_all(copies, cores),
        ),
        f"tracking into files, {cores} processes": (
            n_frames,
            lambda turn: tracked(copies, settings, work / f"turn{turn}"),
        ),
    }
    rates: dict[str, list[float]] = {name: [] for name in stages}
    for turn in range(ROUNDS):
        for name, (frames, stage) in stages.items():
            start = time.perf_counter()
            stage(turn)
            rates[name].append(frames / (time.perf_counter() - start))
    print(f"\nframes a second, medians of {ROUNDS} alternating rounds, {cores} cores")
    for name, made in rates.items():
        print(f"{name:42}{statistics.median(made):8.0f}")
    seeking, alone, matching, all_alone, tracking = rates.values()
    for name, one, other in (
        ("tracking / WhACC's method", tracking, seeking),
        ("decoding and matching / decoding only, 1 process", matching, alone),
        (f"tracking / decoding only, {cores} processes", tracking, all_alone),
    ):
        each = [a / b for a, b in zip(one, other, strict=True)]
        print(
            f"{name}: {statistics.median(each):.3g}x ({min(each):.3g}-{max(each):.3g})"
        )


def tracked(paths, settings, work: Path) -> None:
    track_session(
        [TrialVideo(number=number, path=path) for number, path in enumerate(paths)],
        settings=settings,
        work_folder=work,
        n_processes=len(os.sched_getaffinity(0)),
        progress=lambda done, total: None,
    )


def seek_and_match(path: Path, template: np.ndarray) -> None:
    """Read and match frames from the middle of a video as WhACC's tracker does."""
    video = cv2.VideoCapture(str(path))
    for index in range(120, 120 + SEEKING_FRAMES):
        video.set(cv2.CAP_PROP_POS_FRAMES, index)
        grey = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2GRAY)
        cv2.minMaxLoc(cv2.matchTemplate(grey, template, cv2.TM_CCOEFF))


def decode(path: Path) -> None:
    for _ in decoded_frames(path):
        pass


def decode_and_match(path: Path, template: np.ndarray) -> None:
    matcher = PoleMatcher(template)
    for frame in decoded_frames(path):
        matcher.match(frame.grey)


def decode_all(paths: list[Path], n_processes: int) -> None:
    with get_context("forkserver").Pool(n_processes) as pool:
        pool.map(decode, paths, chunksize=1)


if __name__ == "__main__":
    sys.exit(main())
