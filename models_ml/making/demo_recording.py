"""The script that cut the demo's real recording: ``python -m ... SOURCE TARGET``.

The source is a session file of an early WhACC release with trials 176 and 189. Runs of
its frames become the trials of the target, with their labels. Nothing is changed in a
pixel or in a label.
"""

import sys
from pathlib import Path

import h5py
import numpy as np

from models_ml.atomic_file import replaced_file
from models_ml.session_files.file_labels import read_labels
from models_ml.session_files.reader import open_session_file

# Trial, and its frames from the first to behind the last. All runs have touches.
RUNS = (
    (176, 262, 722),
    (176, 890, 1080),
    (176, 1470, 1610),
    (176, 1800, 2120),
    (189, 330, 650),
    (189, 655, 965),
    (189, 975, 1125),
    (189, 1755, 1855),
    (189, 2660, 2930),
)


def main(source: Path, target: Path) -> None:
    """Write the target."""
    with open_session_file(source) as session:
        labels = read_labels(source, session.n_frames)
        if labels is None:
            raise SystemExit(f"{source} has no labels.")
        first_row = {trial.number: trial.first_row for trial in session.trials}
        rows = [
            np.arange(first_row[trial] + start, first_row[trial] + stop)
            for trial, start, stop in RUNS
        ]
        frames = [session.frames(int(of[0]), int(of[-1]) + 1) for of in rows]
    lengths = [len(of) for of in rows]
    with replaced_file(target) as part, h5py.File(part, "w") as file:
        file.create_dataset(
            "images",
            data=np.concatenate(frames),
            chunks=(50, *frames[0].shape[1:]),
            compression="gzip",
            compression_opts=9,
            shuffle=True,
        )
        file["labels"] = labels[np.concatenate(rows)]
        file["frame_nums"] = lengths
        file["trial_nums_and_frame_nums"] = [range(1, len(RUNS) + 1), lengths]
        file["full_file_names"] = [
            f"trial {trial}, frames {start} to {stop - 1}"
            for trial, start, stop in RUNS
        ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
