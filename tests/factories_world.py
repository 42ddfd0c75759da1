"""A lab with at least one row of everything, and an account in each role."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.domain.accounts.administration import deactivate
from labeling.domain.accounts.invitations import invite
from labeling.domain.agreement.comparison import choice_of, compare
from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.assignments.returns import return_clip
from labeling.domain.labels.decisions import REASONS
from labeling.domain.labels.operations import record_operations
from labeling.domain.recordings.frames import block_digest, frames_digest
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.domain.tracking.plan import TrackingRequest
from labeling.domain.tracking.run import track_videos
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.models import (
    Assignment,
    Backbone,
    Clip,
    Job,
    ModelVersion,
    Session,
    Subset,
    Trial,
    User,
)
from tests.factories import (
    decide,
    label,
    make_draft,
    make_session,
    make_subset,
    make_user,
)
from tests.factories_videos import spots, write_video

# The program never writes this by itself: a response that has it reveals hidden data.
HIDDEN = "Sentinel"
HIDDEN_NUMBER = 86753
HIDDEN_SCORES = (0.71343, 0.61343)
# Alice labels a touch [15, 22), carl [17, 22): a deduct of two frames.
START, STOP = 10, 30


@dataclass(frozen=True)
class World:
    """Accounts by name or role, and values for the parameters of URLs."""

    people: dict[str, User]
    assignment: Assignment
    known: dict[str, list[Any]]
    queries: dict[str, str]
    bodies: dict[str, dict[str, Any]]


def make_world(data_root) -> World:
    """Create the lab; alice and carl label a tracked session, alice blind."""
    people = _people()
    session = _tracked_session(data_root)
    first, second = _version(HIDDEN_NUMBER, 0.7), _version(HIDDEN_NUMBER + 1, 0.6)
    for version, score in zip((first, second), HIDDEN_SCORES, strict=True):
        for trial in session.trials.all():
            scores = np.full(trial.n_frames, score, np.float32)
            save_scores(trial=trial, version=version, scores=scores)
    publish_version(session=session, version=first, user=people["admin"])
    subset = _subset(session)
    for each in ("alice", "carl"):
        assign_subset(user=None, subset=subset, annotators=[people[each]])
    assignment = assignments_for(people["alice"]).first()
    label(assignment, (START, STOP, 0))
    label(assignment, (15, 22, 1))
    carls = assignments_for(people["carl"]).first()
    label(carls, (START, STOP, 0))
    label(carls, (17, 22, 1))
    noted = make_draft(revision=carls.revision, note=(12, f"{HIDDEN} note"))
    record_operations(assignment=carls, client=noted.id, drafts=[noted])
    for compared in (subset, session):
        compare(choice_of(compared))
    trial = assignment.clip.trial_id
    adjudicator = people["adjudicator"]
    decide(adjudicator, subset, 15, [1, 1], trial=trial, reasons=[REASONS[0]])
    others = assignments_for(people["carl"]).last()
    returned = return_clip(assignment=others, note=f"{HIDDEN} return")
    session.trials.filter(number=2).update(excluded_because=f"{HIDDEN} exclusion")
    _elsewhere(people["bob"])
    job = Job.objects.create(
        kind="score",
        title=f"{HIDDEN} job",
        parameters={},
        requested_by=people["admin"],
        log=f"{HIDDEN} log",
    )
    link = invite(user=people["admin"], role="viewer", name=f"{HIDDEN} Guest")
    deactivate(user=people["admin"], account=people["deactivated"])
    alice, carl = people["alice"].pk, people["carl"].pk
    cell = f"?contrast=a{alice}-a{carl}&of=deduct"
    return World(
        people=people,
        assignment=assignment,
        known={
            "session.pk": _pks(Session, first=session),
            "subset.pk": _pks(Subset, first=subset),
            "assignment.pk": _pks(Assignment, first=assignment),
            "version.pk": _pks(ModelVersion, first=first),
            "job.pk": _pks(Job, first=job),
            "account.pk": _pks(User, first=people["bob"]),
            "invitation.pk": [link.invitation.pk],
            "token": [link.token],
            "trial": _pks(Trial, first=assignment.clip.trial),
            "number": [1],
            "of": ["after", "before"],
            "subset-return.number": [returned.pk],
            "clip": _pks(Clip, first=assignment.clip),
            "annotator": [alice, carl],
            "frame": [12],
            "start": [START],
            "stop": [STOP],
            "before": [HIDDEN_NUMBER],
            "after": [HIDDEN_NUMBER + 1],
            "name": ["f1"],
            "week-plot.name": ["hours"],
            "kind": ["svg", "csv"],
            "assignment-frames.digest": [block_digest(assignment.clip)],
            "digest": [frames_digest(assignment.clip.trial, START, STOP)],
            "object_id": [people["bob"].pk],
            "app_label": ["labeling"],
            "content_type_id": [1],
            "url": ["nowhere/"],
        },
        queries={
            "session-tracking-frame": "?folder=v&video=m-1.mp4&frame=0",
            **{
                f"{noun}-comparison-{page}": cell
                for noun in ("subset", "session")
                for page in ("touches", "touches-file", "touch")
            },
        },
        bodies={
            "session-publication": {
                "data": f"version={first.pk}",
                "content_type": "application/x-www-form-urlencoded",
            }
        },
    )


def _people() -> dict[str, User]:
    roles = {
        "alice": "annotator",
        "carl": "annotator",
        "bob": "annotator",
        "adjudicator": "adjudicator",
        "viewer": "viewer",
        "admin": "admin",
        "deactivated": "admin",
    }
    people = {}
    for person, role in roles.items():
        hidden = "" if person == "alice" else HIDDEN
        people[person] = user = make_user(f"{hidden}{person}", role)
        user.first_name, user.email = f"{hidden} N", f"{hidden}{person}@lab.example"
        user.save()
    return people


def _tracked_session(data_root) -> Session:
    (data_root / "v").mkdir()
    for number in (1, 2):
        frames = spots(40, shape=(128, 160), seed=number)[0]
        write_video(data_root / "v" / f"m-{number}.mp4", frames)
    request = TrackingRequest(
        folder="v", out="m.h5", x=25, y=35, frame=0, template_px=15, crop_px=9
    )
    return track_videos(user=None, request=request).session


def _subset(session: Session) -> Subset:
    clips = [
        ClipDraft(trial=trial, start=START, stop=STOP, reason=f"{HIDDEN} reason")
        for trial in session.trials.all()
    ]
    return create_subset(user=None, name="shared", clips=clips, seed=HIDDEN_NUMBER)


def _version(number: int, threshold: float) -> ModelVersion:
    backbone, _ = Backbone.objects.get_or_create(
        name=f"{HIDDEN} CNN", kind="compact", sha256="0" * 64, input_px=48, n_units=4
    )
    return ModelVersion.objects.create(
        number=number,
        backbone=backbone,
        feature_set={},
        parameters={},
        threshold=threshold,
        metrics={},
        files={},
    )


def _elsewhere(bob: User) -> None:
    """Assign bob clips of a session in which alice has none."""
    session = make_session(f"{HIDDEN} session", n_frames=[60])
    subset = make_subset(session, name=f"{HIDDEN} subset")
    assign_subset(user=None, subset=subset, annotators=[bob])


def _pks(model, *, first) -> list[int]:
    others = model.objects.exclude(pk=first.pk).order_by("pk")
    return [first.pk, *others.values_list("pk", flat=True)]
