"""Number of key actions to label known truth, in WhACC's window and on the page.

``make bench-key_actions``. The truth is that of simulated trials, with random touches.
Node runs the page's real key map and actions, and both sides must end with the same
labels. A key action is a keydown that is not the repetition of a held key.
"""

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from playwright._impl._driver import compute_driver_executable

HERE = Path(__file__).resolve().parent
TRIALS, FRAMES = 6, 3_000


def main() -> None:
    sys.path.insert(0, str(HERE.parents[1]))
    sessions = {name: truth_runs(rig) for name, rig in rigs().items()}
    node = shutil.which("node") or compute_driver_executable()[0]
    finished = subprocess.run(
        [node, str(HERE / "key_actions.mjs")],
        input=json.dumps(sessions),
        capture_output=True,
        text=True,
        check=True,
    )
    result = json.loads(finished.stdout)
    print("Key actions without scores, every frame labelled, with equal labels.")
    print(
        f"A touch of 15 frames, from the frame before it: {result['touch']} (WhACC 30)"
    )
    print(
        f"{'rig':16}{'frames':>8}{'touches':>9}{'WhACC':>8}{'held':>7}{'ratio':>8}",
        end="",
    )
    print(f"{'2 tapped':>10}{'ratio':>8}")
    for row in result["rows"]:
        touches = sum(value for _, _, value in sessions[row["name"]])
        print(
            f"{row['name']:16}{row['frames']:8}{touches:9}{row['whacc']:8}{row['exact']:7}"
            f"{row['exact'] / row['whacc']:8.3f}{row['careful']:10}"
            f"{row['careful'] / row['whacc']:8.3f}"
        )
    print(
        "held: the key is held to the end of each run; 2 tapped: the last two frames\n"
        "are tapped one by one, because a key is not released on the exact frame."
    )


def rigs() -> dict[str, object]:
    from models_ml.simulator.rigs import TRAINING_RIGS, UNSEEN_RIGS

    return {rig.name: rig for rig in (*TRAINING_RIGS[:3], *UNSEEN_RIGS)}


def truth_runs(rig: object) -> list[tuple[int, int, int]]:
    """Return the truth of consecutive trials as runs without gaps."""
    from models_ml.simulator.trial import trial_scene

    truth = np.concatenate(
        [trial_scene(rig, seed=seed, n_frames=FRAMES).touch for seed in range(TRIALS)]
    )
    edges = [0, *(np.flatnonzero(np.diff(truth)) + 1).tolist(), len(truth)]
    return [
        (start, stop, int(truth[start])) for start, stop in itertools.pairwise(edges)
    ]


if __name__ == "__main__":
    main()
