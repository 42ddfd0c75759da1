"""What the lab of the old installation did, through commands, pages and the worker."""

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lab_pages import (
    adjudicate_stretch,
    adjudication_state,
    assignments,
    manage,
    operation,
    page,
    pk_of,
    send,
    session_page,
    uuid,
    version_pk,
    work_off,
)

PASSWORD = "a whisker touches a pole"
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
ROLES = {
    "dana": "admin",
    "ada": "annotator",
    "ben": "annotator",
    "cleo": "annotator",
    "finn": "annotator",
    "judy": "adjudicator",
}
TRIALS, FRAMES = 8, 120


def fill() -> None:
    accounts()
    recordings()
    labels_of_whole_trials()
    adjudicate()
    clips_with_tests()
    models()
    comparisons()
    small_things()
    queue()


def accounts() -> None:
    from labeling.models import User

    for username, role in ROLES.items():
        User.objects.create_user(username, password=PASSWORD, role=role)
    page(
        "dana", "/invitations/new/", role="viewer", name="Ned", email="ned@lab.example"
    )
    shown = page("dana", "/invitations/new/", role="viewer", name="Eve", email="")
    link = re.search(rb"/invitations/[\w-]{40,}/", shown.content)
    chosen = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    page(None, link[0].decode(), **chosen)
    page("dana", f"/accounts/{pk_of(User, username='eve')}/deactivate/")


def recordings() -> None:
    import h5py

    from models_ml.simulator.rigs import UNSEEN_RIGS
    from models_ml.simulator.session import write_simulated_session
    from tests.factories_videos import spots, write_video

    data = Path(os.environ["WHACC_VAR"]) / "data"
    (data / "videos").mkdir(parents=True)
    # Frames without noise compress well; frequent touches give some to every role.
    rig = replace(
        UNSEEN_RIGS[0],
        noise_levels=(0.0, 0.0),
        flicker=0.0,
        whisk_hz=(14.0, 18.0),
        rest_px=(8.0, 12.0),
        crossing_share=0.0,
    )
    unpacked = data / "unpacked.h5"
    write_simulated_session(unpacked, rig, seed=3, n_trials=TRIALS, n_frames=FRAMES)
    with h5py.File(unpacked) as source, h5py.File(data / "whiskers.h5", "w") as packed:
        for key in source:
            if key == "images":
                packed.create_dataset(
                    key, data=source[key], chunks=(FRAMES, 61, 61, 3),
                    compression="gzip", compression_opts=9, shuffle=True,
                )  # fmt: skip
            else:
                source.copy(key, packed)
    unpacked.unlink()
    for number in (1, 2):
        frames = spots(40, shape=(128, 160), seed=number)[0]
        write_video(data / "videos" / f"m-{number}.mp4", frames)
    manage("import_session", "whiskers.h5", "--rig", "2", "--animal", "simulated")
    manage(
        "track_videos", "videos", "--out", "tracked.h5", "--template", "25,35",
        "--template-frame", "0", "--template-px", "15", "--crop-px", "9",
        "--session-name", "tracked", "--pole-up-down", "1=4-36",
    )  # fmt: skip
    manage("score", "whiskers", "tracked")
    page(
        "dana", f"{session_page('tracked')}tracking/2/", pole_up="5", pole_down="30",
        excluded_because="the lamp was off",
    )  # fmt: skip


def labels_of_whole_trials() -> None:
    """Label whole trials: ada with the simulated truth, ben two frames later."""
    manage(
        "select_subset", "first look", "whiskers", "--whole-trials", "--clips",
        str(TRIALS), "--annotators", "ada", "ben", "--sees-scores", "--seed", "1",
    )  # fmt: skip
    for day, assignment in enumerate(assignments("first look", "ada", "ben")):
        late = 2 if assignment.annotator.username == "ben" else 0
        label_by_truth(assignment, MONDAY + timedelta(days=day), late=late)
    assignment = assignments("first look", "ada")[0]
    start = assignment.clip.start
    at = MONDAY + timedelta(days=15)
    wrong = operation(assignment, at, runs=[[start, start + 5, 1]])
    send(assignment, wrong)
    back = [[start, start + 5, 0]]
    send(assignment, operation(assignment, at, runs=back, undoes=wrong["id"]))
    send(
        assignment,
        operation(assignment, at, runs=[], note={"frame": start + 3, "text": "?"}),
        operation(
            assignment, at, ahead=1, gesture=assignment.revision + 2,
            runs=[[start + 6, start + 8, 2]],
        ),
    )  # fmt: skip


def label_by_truth(assignment, at: datetime, *, late: int) -> None:
    """Send two operations: "not touch" everywhere, then the touches."""
    import h5py
    import numpy as np

    clip, trial = assignment.clip, assignment.clip.trial
    data = Path(os.environ["WHACC_VAR"]) / "data"
    with h5py.File(data / trial.session.file) as file:
        rows = slice(trial.first_row, trial.stop_row)
        if "simulated_touch" in file:
            truth = file["simulated_touch"][rows].astype(bool)
        else:
            truth = np.arange(trial.n_frames) % 8 > 4
    edges = np.flatnonzero(np.diff(np.r_[False, truth, False])).reshape(-1, 2)
    touches = [
        [max(clip.start, int(onset) + late), min(clip.stop, int(offset) + late), 1]
        for onset, offset in edges
    ]
    touches = [run for run in touches if run[0] < run[1]]
    background = operation(assignment, at, runs=[[clip.start, clip.stop, 0]])
    send(assignment, background)
    if touches:
        # Longer gaps count as pauses.
        at += timedelta(seconds=20)
        send(assignment, operation(assignment, at, runs=touches, shown=True))


def adjudicate() -> None:
    """Adjudicate all stretches but one, then reopen the first."""
    state, at = adjudication_state(), MONDAY + timedelta(days=16)
    client = uuid("adjudication")
    for index, stretch in enumerate(state["stretches"][:-1]):
        n_frames = stretch["stop"] - stretch["start"]
        adjudicate_stretch(client, index, stretch, [1] * n_frames, ["onset late"], at)
    last = len(state["stretches"]) - 1
    adjudicate_stretch(client, last, state["stretches"][0], None, [], at)


def clips_with_tests() -> None:
    """Assign short clips with repeat and gold clips; annotators return two of them."""
    short = ("tracked", "--clips", "2", "--frames", "8")
    manage(
        "select_subset", "short clips", *short, "--annotators", "ada", "cleo",
        "--again", "0.5", "--seed", "2",
    )  # fmt: skip
    given = assignments("short clips", "ada", "cleo")
    for day, assignment in enumerate(given):
        is_cleo = assignment.annotator.username == "cleo"
        late = int(is_cleo and assignment.pass_number == 2)
        label_by_truth(assignment, MONDAY + timedelta(days=20 + day), late=late)
    manage(
        "select_subset", "tests", *short, "--annotators", "finn", "--gold", "0.5",
        "--seed", "5",
    )  # fmt: skip
    tests = assignments("tests", "finn")
    assert any(each.mixed_into_id for each in tests), tests
    for assignment in tests[1:]:
        label_by_truth(assignment, MONDAY + timedelta(days=24), late=1)
    for assignment in (tests[0], given[0]):
        page(
            assignment.annotator.username,
            f"/assignments/{assignment.pk}/return/",
            note="The pole is blurred.",
        )
    from labeling.models import ClipReturn

    returned = ClipReturn.objects.get(assignment=given[0])
    page(
        "dana", f"/subsets/{given[0].queue_id}/returns/{returned.pk}/",
        answer="given_back",
    )  # fmt: skip


def models() -> None:
    """Retrain twice as jobs; publish the first, leave the second a candidate."""
    retrain(source="majority", n_trainings="2")
    work_off()
    page(
        "dana", f"{session_page('whiskers')}publication/",
        version=str(version_pk(2)), confirmed="on",
    )  # fmt: skip
    retrain(source="annotator:ada", n_trainings="1")
    work_off()


def retrain(**changes: str) -> None:
    from labeling.models import Subset

    chosen = {
        "subsets": str(pk_of(Subset, name="first look")),
        "weight": "2",
        "seed": "0",
        "rescore": "on",
        # Other tests train on the shipped data.
        **changes,
    }
    page("dana", "/versions/new/", **chosen)


def comparisons() -> None:
    from labeling.models import Subset

    compared = f"/subsets/{pk_of(Subset, name='first look')}/comparison/"
    for query in ("", "?consensus=unanimity", "?consensus=settled&version=3"):
        page("dana", compared + query)
    page("dana", f"{session_page('whiskers')}comparison/?version=2")
    page("dana", f"/subsets/{pk_of(Subset, name='short clips')}/comparison/")
    page("dana", "/weeks/")
    page("dana", f"{compared}job/", consensus="settled", version="1")
    work_off()


def small_things() -> None:
    keys = {"preset": "whacc", "keys": {"touch": ["t"], "move -10": [",", "Alt+x"]}}
    page("ada", "/keys/", json.dumps(keys))


def queue() -> None:
    """Queue at least one job of each kind, and cancel another.

    The workers above also left notices of finished jobs and a check for lost jobs.
    """
    from labeling.models import Job, Session, Subset

    subset, tracked = pk_of(Subset, name="first look"), session_page("tracked")
    page("dana", f"{tracked}scoring/")
    page("dana", f"/jobs/{Job.objects.first().pk}/cancel/")
    page("dana", f"{session_page('whiskers')}scoring/")
    page(
        "dana", f"/subsets/{subset}/comparison/job/", consensus="unanimity", version="2"
    )  # fmt: skip
    page("dana", f"{session_page('whiskers')}comparison/job/", version="2")
    page("dana", "/weeks/job/")
    sessions = list(Session.objects.values_list("pk", flat=True))
    for number in (1, 3):
        page("dana", f"/versions/{version_pk(number)}/scoring/", sessions=sessions)
    page(
        "dana", "/sessions/tracking/new/", start="on", folder="videos", out="again.h5",
        x="25", y="35", frame="0", template_px="15", crop_px="11", rate_hz="500",
        session_name="again", animal="simulated", numbers="m-2.mp4 = 7",
    )  # fmt: skip
    retrain(source="settled", n_trainings="1", parent=str(version_pk(2)))
