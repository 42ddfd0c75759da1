"""Run a benchmark of an earlier commit and of this tree in turns, and print both.

`make bench-before REF=<commit> ARGS=writes ROUNDS=3` checks out the commit below
`build/before`, runs the benchmark in both trees, one after the other, and prints the
median of every figure before and after, with the ratio. Both use this environment.
"""

import os
import re
import statistics
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIGURE = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")


def main(reference: str, names: list[str], n_rounds: int) -> None:
    """Measure both trees in turns."""
    before = checked_out(reference)
    for name in names:
        rounds = [(output(before, name), output(ROOT, name)) for _ in range(n_rounds)]
        print(
            f"{name}, {n_rounds} rounds in turns, median before and after {reference}:"
        )
        print("\n".join(report(rounds)))


def checked_out(reference: str) -> Path:
    """Return a folder with the tree of a commit."""
    folder = ROOT / "build" / "before" / reference
    if not folder.exists():
        git = ["git", "archive", "--format=tar", reference]
        archive = subprocess.run(git, cwd=ROOT, check=True, capture_output=True)
        folder.mkdir(parents=True)
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
    return folder


def output(tree: Path, name: str) -> list[str]:
    """Run one benchmark in a tree; return the lines that contain a figure."""
    done = subprocess.run(
        [sys.executable, f"tests/bench/{name}.py"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": "."},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [line for line in done.stdout.splitlines() if FIGURE.search(line)]


def report(rounds: list[tuple[list[str], list[str]]]) -> list[str]:
    """Return each line of this tree's last output, with the figures of all rounds.

    Lines are paired by their order: an earlier commit may word them otherwise.
    """
    if len({len(lines) for each in rounds for lines in each}) != 1:
        before, after = rounds[-1]
        return ["The outputs differ in their lines:", *before, *after]
    lines = []
    for place, line in enumerate(rounds[-1][1]):
        before = columns([earlier[place] for earlier, _ in rounds])
        after = columns([now[place] for _, now in rounds])
        lines.append(line)
        lines += [
            f"    {old:>12,.6g} {new:>12,.6g}   {new / old:.3f}"
            for old, new in zip(before, after, strict=False)
            if old and old != new
        ]
    return lines


def columns(lines: list[str]) -> list[float]:
    """Return the median of each figure that stands in all of these lines."""
    figures = [
        [float(each.replace(",", "")) for each in FIGURE.findall(line)]
        for line in lines
    ]
    return [statistics.median(each) for each in zip(*figures, strict=False)]


if __name__ == "__main__":
    if "REF" not in os.environ or len(sys.argv) < 2:
        sys.exit(
            "Name a commit and benchmarks: make bench-before REF=HEAD~1 ARGS=writes"
        )
    main(os.environ["REF"], sys.argv[1:], int(os.environ.get("ROUNDS", "3")))
