"""`make chaos`: play many rounds and print their seeds; SEED=n repeats one round."""

import collections
import importlib.util
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.rounds import play_round
from tests.chaos.world import ROOT, running_world


def main() -> None:
    """Play the rounds; the exit code is the number of failed rounds."""
    one = os.environ.get("SEED")
    n_rounds = 1 if one else int(os.environ.get("ROUNDS", "100"))
    # From a multiple of ten on, ten rounds have every kind of fault.
    first = int(one) if one else int(time.time()) // 10 * 10
    happened: collections.Counter[str] = collections.Counter()
    failed = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_world(Path(folder), chromium(), n_rounds) as world,
    ):
        for number, clip in enumerate(world.clips):
            seed = first + number
            begun = time.perf_counter()
            try:
                events = play_round(world, clip, seed)
                happened.update(events)
                outcome = ", ".join(f"{n} {name}" for name, n in events.items())
            except AssertionError as error:
                failed.append(seed)
                outcome = f"FAILED: {error}"
            seconds = time.perf_counter() - begun
            print(
                f"round {number + 1}, seed {seed}, {seconds:.1f} s: {outcome}",
                flush=True,
            )
        operations = world.rows("SELECT count(*) FROM labeling_operation")[0][0]
    print(f"{n_rounds - len(failed)} of {n_rounds} rounds: nothing lost, nothing twice")
    print(
        f"{operations:,} operations; "
        + ", ".join(f"{n} {e}" for e, n in happened.items())
    )
    sys.exit(len(failed))


def chromium() -> str:
    path = ROOT / "tests" / "browser" / "find_chromium.py"
    spec = importlib.util.spec_from_file_location("find_chromium", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.find_chromium()


if __name__ == "__main__":
    main()
