"""Labels of a file: they become the labels of a named annotator, after a preview."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
from django.db import transaction
from django.utils import timezone

from labeling.domain.assignments.assigning import (
    AssignmentRequest,
    assign_clips,
    check_may_assign,
    check_may_label,
)
from labeling.domain.labels.log import OperationDraft
from labeling.domain.labels.operations import record_operations
from labeling.domain.labels.runs import runs_of
from labeling.domain.recordings.session_files import (
    data_root,
    opened_session,
    path_below_data_root,
)
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import Assignment, Label, Session, Subset, Trial, User
from models_ml.arrays import UNLABELLED, Frames, LabelValues
from models_ml.session_files.file_labels import (
    located_windows,
    read_labels,
    read_windows,
)
from models_ml.session_files.layout import SessionFileError
from models_ml.touches.detection import touches_from_mask

REASON = "labels of a file"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFileLabels:
    """The labels of a file on one trial of a session."""

    trial: Trial
    values: LabelValues

    @property
    def n_labelled(self) -> int:
        """Number of frames with a label."""
        return int((self.values != UNLABELLED).sum())

    @property
    def n_touches(self) -> int:
        """Number of touches."""
        is_touch = self.values == Label.Value.TOUCH
        return len(touches_from_mask(is_touch, [len(self.values)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLabels:
    """What the labels of a file match in a session.

    A curation subset has windows; `n_windows_missing` of its `n_windows` are nowhere in
    the session. `n_labelled_before` counts the frames of these trials that the
    annotator has labelled already.
    """

    session: Session
    annotator: User
    file: str
    trials: Sequence[TrialFileLabels]
    n_windows: int
    n_windows_missing: int
    n_labelled_before: int

    @property
    def n_labelled(self) -> int:
        """Number of frames with a label."""
        return sum(each.n_labelled for each in self.trials)

    @property
    def n_touches(self) -> int:
        """Number of touches."""
        return sum(each.n_touches for each in self.trials)


def has_labels(session: Session) -> bool:
    """Return whether the session's own file has a label other than "not touch"."""
    with opened_session(session) as source:
        try:
            labels = read_labels(source.path, source.n_frames)
        except SessionFileError:
            return False
    return labels is not None and bool((labels == Label.Value.TOUCH).any())


def file_labels(
    *,
    user: User | None,
    session: Session,
    annotator: User,
    file: str = "",
    trials: Collection[int] = (),
) -> FileLabels:
    """Read the labels of a file, and find what they match; nothing is written.

    Without a file, it is the session's own. Another file is a curation subset of WhACC,
    whose windows are found by their pixels. `trials` are the numbers of the trials to
    take; by default, all.
    """
    check_may_assign(user)
    check_may_label([annotator])
    chosen = _chosen_trials(session, trials)
    n_windows = n_missing = 0
    if file:
        path = path_below_data_root(file)
        file = str(path.relative_to(data_root()))
        values, n_windows, n_missing = _of_windows(path, chosen)
    else:
        file = session.file
        values = _of_session(session, chosen)
    found = [
        TrialFileLabels(trial=trial, values=of_trial)
        for trial, of_trial in zip(chosen, values, strict=True)
        if (of_trial != UNLABELLED).any()
    ]
    if not found:
        raise LabelingError(
            f"{file} has no label on the chosen trials of {session}. Choose other "
            "trials or another file."
        )
    rows = Label.objects.filter(
        assignment__annotator=annotator, frame__trial__in=[each.trial for each in found]
    )
    return FileLabels(
        session=session,
        annotator=annotator,
        file=file,
        trials=found,
        n_windows=n_windows,
        n_windows_missing=n_missing,
        n_labelled_before=rows.values("frame").distinct().count(),
    )


@transaction.atomic
def take_file_labels(*, user: User | None, found: FileLabels, name: str = "") -> Subset:
    """Record the labels of a file as the annotator's, in a subset of their own.

    They enter the log as one operation for each clip, so consensus, comparison, retrain
    and export treat them like all other labels.
    """
    clips = [draft for each in found.trials for draft in _clips(each)]
    subset = create_subset(
        user=user,
        name=name.strip() or f"{found.session}, labels of {found.annotator}",
        clips=clips,
    )
    assign_clips(
        user=user,
        subset=subset,
        request=AssignmentRequest(annotators=[found.annotator]),
    )
    values = {each.trial.pk: each.values for each in found.trials}
    assignments = Assignment.objects.filter(clip__subset=subset).select_related("clip")
    for assignment in assignments:
        clip = assignment.clip
        of_clip = values[clip.trial_id][clip.start : clip.stop]
        draft = OperationDraft(
            id=uuid4(),
            sequence=1,
            made_on_revision=0,
            runs=runs_of(of_clip, first=clip.start),
            undoes=None,
            suggestion_shown=False,
            made_at=timezone.now(),
        )
        record_operations(assignment=assignment, client=uuid4(), drafts=[draft])
    return subset


def _chosen_trials(session: Session, numbers: Collection[int]) -> list[Trial]:
    trials = list(session.trials.included().order_by("first_row"))
    missing = sorted(set(numbers) - {trial.number for trial in trials})
    if missing:
        raise LabelingError(
            f"{session} has no trial {', '.join(map(str, missing))}, or it is "
            "excluded. Choose other trials."
        )
    return [trial for trial in trials if not numbers or trial.number in numbers]


def _of_session(session: Session, trials: Sequence[Trial]) -> list[LabelValues]:
    with opened_session(session) as source, translated_core_errors():
        labels = read_labels(source.path, source.n_frames)
    if labels is None:
        raise LabelingError(
            f"The file of {session} has no labels. Choose a curation subset (TL_DATA) "
            "that was cut from it."
        )
    return [labels[trial.first_row : trial.stop_row] for trial in trials]


def _of_windows(
    path: Path, trials: Sequence[Trial]
) -> tuple[list[LabelValues], int, int]:
    """Return the labels of windows on each trial, and how many windows are missing."""
    with translated_core_errors():
        windows = read_windows(path)
        located = located_windows(windows, _frames_of(trials))
    missing = [each for each in located if each.row is None]
    if len(missing) == len(located):
        raise LabelingError(
            f"None of the {len(located)} windows of {path.name} is in the chosen "
            "trials: their pixels differ. Choose the session that they were cut from."
        )
    values = [np.full(trial.n_frames, UNLABELLED, np.int8) for trial in trials]
    stops = np.cumsum(windows.lengths)
    for each in located:
        if each.row is None:
            continue
        length, stop = windows.lengths[each.window], stops[each.window]
        for trial, of_trial in zip(trials, values, strict=True):
            if trial.first_row <= each.row < trial.stop_row:
                start = each.row - trial.first_row
                before = of_trial[start : start + length]
                labels = windows.labels[stop - length : stop]
                is_known = (before != UNLABELLED) & (labels != UNLABELLED)
                differs = np.flatnonzero(is_known & (before != labels))
                if len(differs):
                    raise LabelingError(
                        f"Two windows of {path.name} have different labels for frame "
                        f"{start + differs[0]} of trial {trial.number}. Correct the "
                        "labels in the file, or leave out the trial."
                    )
                of_trial[start : start + length] = np.maximum(before, labels)
    return values, len(located), len(missing)


def _frames_of(trials: Sequence[Trial]) -> Iterator[tuple[int, Frames]]:
    for trial in trials:
        with opened_session(trial.session) as source:
            yield trial.first_row, source.frames(trial.first_row, trial.stop_row)


def _clips(labels: TrialFileLabels) -> list[ClipDraft]:
    """Return a clip for each run of labelled frames."""
    is_labelled = labels.values != UNLABELLED
    runs = touches_from_mask(is_labelled, [len(is_labelled)])
    return [
        ClipDraft(trial=labels.trial, start=start, stop=stop, reason=REASON)
        for _, start, stop in runs.tolist()
    ]
