"""The labels of a comparison, gathered from rows into arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Exists, OuterRef

from labeling.domain.agreement.scope import Scope
from labeling.domain.labels.decisions import decided_trials
from labeling.domain.labels.packed import packed_labels
from labeling.domain.recordings.in_range import session_ranges
from labeling.domain.versions.scores import scores_from
from labeling.models import (
    Clip,
    ModelVersion,
    Operation,
    Scores,
    Session,
    Subset,
    Trial,
    User,
)
from models_ml.agreement.rater_labels import RaterLabels, rater_labels
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.touches.detection import touch_mask


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSpan:
    """The shortest interval of a trial's frames that holds all its clips of a scope.

    `position` is the index of its first frame in the arrays.
    """

    trial: Trial
    start: int
    stop: int
    position: int

    def at(self, start: int, stop: int) -> slice:
        """Return the positions of the trial's frames `[start, stop)` in the arrays."""
        first = self.position - self.start
        return slice(first + start, first + stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonLabels:
    """All labels of a scope as arrays, one span after the other.

    `raters` has the first passes, a row for each annotator; `second_passes` is by
    position in `annotators`. `decisions` has the adjudicators' labels, `frame_ms` the
    duration of a frame for each span. `notes` are warnings for the page.
    """

    spans: list[TrialSpan]
    annotators: list[User]
    raters: RaterLabels
    second_passes: dict[int, LabelValues]
    model: LabelValues | None
    decisions: LabelValues
    frame_ms: npt.NDArray[np.float64]
    notes: list[str]


def gathered_labels(scope: Scope, version: ModelVersion | None) -> ComparisonLabels:
    """Return the annotators' labels of a scope's frames, and the model's touches there.

    The last of an annotator's later passes counts as the second pass. If an annotator
    labelled a frame in two subsets, the later assignment counts.
    """
    spans, asked = _spans(scope)
    subsets = scope.subsets
    n_frames = len(asked)
    first: dict[int, LabelValues] = {}
    later: dict[int, LabelValues] = {}
    span_of = {span.trial.pk: span for span in spans}
    for labels in packed_labels(subsets, session=scope.session):
        passes = first if labels.pass_number == 1 else later
        empty = np.full(n_frames, UNLABELLED, np.int8)
        values, span = passes.setdefault(labels.annotator, empty), span_of[labels.trial]
        values[span.position + labels.index - span.start] = labels.value
    annotators = list(User.objects.filter(pk__in=first).order_by("username"))
    in_range, notes = _frames_in_range(spans, n_frames)
    stacked = [first[annotator.pk] for annotator in annotators]
    return ComparisonLabels(
        spans=spans,
        annotators=annotators,
        raters=rater_labels(
            np.stack(stacked) if stacked else np.zeros((0, n_frames), np.int8),
            [span.stop - span.start for span in spans],
            assigned=asked,
            in_range=in_range,
        ),
        second_passes={
            position: later[annotator.pk]
            for position, annotator in enumerate(annotators)
            if annotator.pk in later
        },
        model=None if version is None else _model_touches(spans, n_frames, version),
        decisions=_decisions(subsets, spans, n_frames),
        frame_ms=np.array([1000 / span.trial.session.rate_hz for span in spans]),
        notes=[*notes, *_viewing_notes(scope)],
    )


def _spans(scope: Scope) -> tuple[list[TrialSpan], npt.NDArray[np.bool_]]:
    """Return the spans of a scope's trials, and a mask of their frames in clips."""
    clips: dict[int, list[Clip]] = {}
    used = scope.clips.filter(trial__excluded_because="")
    used = used.order_by("trial__session", "trial__first_row", "start")
    for clip in used.select_related("trial__session"):
        clips.setdefault(clip.trial_id, []).append(clip)
    spans, position = [], 0
    for of_trial in clips.values():
        start = min(clip.start for clip in of_trial)
        stop = max(clip.stop for clip in of_trial)
        trial = of_trial[0].trial
        spans.append(TrialSpan(trial=trial, start=start, stop=stop, position=position))
        position += stop - start
    asked = np.zeros(position, np.bool_)
    for span in spans:
        for clip in clips[span.trial.pk]:
            asked[span.at(clip.start, clip.stop)] = True
    return spans, asked


def _model_touches(
    spans: list[TrialSpan], n_frames: int, version: ModelVersion
) -> LabelValues:
    """Return a version's touch frames; smoothing needs the scores of whole trials."""
    model = np.full(n_frames, UNLABELLED, np.int8)
    span_of = {span.trial.pk: span for span in spans}
    rows = Scores.objects.filter(version=version, trial__in=span_of)
    for trial, values in rows.values_list("trial", "values").iterator():
        span, scores = span_of[trial], scores_from(values)
        mask = touch_mask(scores, [len(scores)], version.threshold)
        model[span.at(span.start, span.stop)] = mask[span.start : span.stop]
    return model


def _decisions(
    subsets: list[Subset], spans: list[TrialSpan], n_frames: int
) -> LabelValues:
    decisions = np.full(n_frames, UNLABELLED, np.int8)
    by_trial = decided_trials(subsets)
    for span in spans:
        if span.trial.pk in by_trial:
            values = by_trial[span.trial.pk].values[span.start : span.stop]
            decisions[span.at(span.start, span.stop)] = values
    return decisions


def _frames_in_range(
    spans: list[TrialSpan], n_frames: int
) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """Return a mask of the frames in range, and a note for each unreadable file."""
    in_range = np.ones(n_frames, np.bool_)
    notes = []
    by_session: dict[Session, list[TrialSpan]] = {}
    for span in spans:
        by_session.setdefault(span.trial.session, []).append(span)
    for session, of_session in by_session.items():
        ranges = session_ranges(session)
        notes += [ranges.unread] if ranges.unread else []
        for span in of_session:
            start, stop = ranges.frames_in_range(span.trial)
            index = np.arange(span.start, span.stop)
            is_counted = (index >= start) & (index < stop)
            in_range[span.at(span.start, span.stop)] = is_counted
    return in_range, notes


def _viewing_notes(scope: Scope) -> list[str]:
    """Return a note for each annotator who saw others' labels before labelling."""
    after = Operation.objects.filter(
        assignment=OuterRef("pk"), recorded_at__gte=OuterRef("saw_others_at")
    )
    saw = scope.assignments.order_by().exclude(saw_others_at=None)
    counted = saw.filter(Exists(after)).values_list("annotator__username")
    return [
        f"{name} saw other annotators' labels while labelling {n} "
        f"clip{'' if n == 1 else 's'}. Agreement on these clips is not independent."
        for name, n in counted.annotate(n=Count("pk")).order_by("annotator__username")
    ]
