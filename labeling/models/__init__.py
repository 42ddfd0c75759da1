"""The tables. The database holds every invariant that it can hold.

Constraints stand beside the fields; what a constraint cannot say (append-only,
never changed, inside the trial) is a trigger in `migrations/0002_invariants.py`.
"""

from labeling.models.account_event import AccountEvent
from labeling.models.assignment import Assignment, Label, Note, Operation
from labeling.models.clip_return import ClipReturn
from labeling.models.comparison import Comparison, WeeklyComparison
from labeling.models.invitation import Invitation
from labeling.models.job import Job
from labeling.models.key_map import KeyMap
from labeling.models.publication import Publication
from labeling.models.session import Session, Trial
from labeling.models.settlement import Settlement
from labeling.models.subset import Clip, Frame, Subset
from labeling.models.user import User
from labeling.models.version import Backbone, LabelSnapshot, ModelVersion, Scores

__all__ = [
    "AccountEvent",
    "Assignment",
    "Backbone",
    "Clip",
    "ClipReturn",
    "Comparison",
    "Frame",
    "Invitation",
    "Job",
    "KeyMap",
    "Label",
    "LabelSnapshot",
    "ModelVersion",
    "Note",
    "Operation",
    "Publication",
    "Scores",
    "Session",
    "Settlement",
    "Subset",
    "Trial",
    "User",
    "WeeklyComparison",
]
