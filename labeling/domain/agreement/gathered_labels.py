"""The labels that a comparison is made of: gathered from rows into arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Exists, OuterRef

from labeling.domain.agreement.scope import Scope
from labeling.domain.labels.decisions import settled_trials
from labeling.domain.labels.packed import packed_labels
from labeling.domain.recordings.in_range import reach_in
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
    """The run of a trial's frames that holds all clips of a scope there."""

    trial: Trial
    start: int
    stop: int
    # Where it begins in the arrays.
    place: int

    def at(self, first: int, stop: int) -> slice:
        """Return where frames of the trial stand in the arrays."""
        return slice(self.place + first - self.start, self.place + stop - self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonLabels:
    """All labels of a scope as arrays, the spans of its trials one after the other."""

    spans: list[TrialSpan]
    annotators: list[User]
    said: RaterLabels
    # Second passes and the model, by position of the annotator in the list.
    again: dict[int, LabelValues]
    model: LabelValues | None
    settled: LabelValues
    frame_ms: npt.NDArray[np.float64]
    notes: list[str]


def gathered_labels(scope: Scope, version: ModelVersion | None) -> ComparisonLabels:
    """Return what everybody said of a scope's frames, and the model's touches there.

    Of an annotator's later passes the last one counts as the second. Who labelled a
    frame in two subsets said of it what came last.
    """
    spans, asked = _spans(scope)
    subsets = scope.subsets
    n_frames = len(asked)
    first: dict[int, LabelValues] = {}
    later: dict[int, LabelValues] = {}
    place_of = {span.trial.pk: span for span in spans}
    for labels in packed_labels(subsets, session=scope.session):
        into = first if labels.pass_number == 1 else later
        empty = np.full(n_frames, UNLABELLED, np.int8)
        values, span = into.setdefault(labels.annotator, empty), place_of[labels.trial]
        values[span.place + labels.index - span.start] = labels.value
    annotators = list(User.objects.filter(pk__in=first).order_by("username"))
    in_reach, notes = _in_reach(spans, n_frames)
    stacked = [first[annotator.pk] for annotator in annotators]
    return ComparisonLabels(
        spans=spans,
        annotators=annotators,
        said=rater_labels(
            np.stack(stacked) if stacked else np.zeros((0, n_frames), np.int8),
            [span.stop - span.start for span in spans],
            asked=asked,
            in_reach=in_reach,
        ),
        again={
            place: later[annotator.pk]
            for place, annotator in enumerate(annotators)
            if annotator.pk in later
        },
        model=None if version is None else _model(spans, n_frames, version),
        settled=_settled(subsets, spans, n_frames),
        frame_ms=np.array([1000 / span.trial.session.rate_hz for span in spans]),
        notes=[*notes, *_seen_notes(scope)],
    )


def _spans(scope: Scope) -> tuple[list[TrialSpan], npt.NDArray[np.bool_]]:
    """Return the spans of a scope's trials, and which of their frames are in clips."""
    clips: dict[int, list[Clip]] = {}
    used = scope.clips.filter(trial__excluded_because="")
    used = used.order_by("trial__session", "trial__first_row", "start")
    for clip in used.select_related("trial__session"):
        clips.setdefault(clip.trial_id, []).append(clip)
    spans, place = [], 0
    for of_trial in clips.values():
        start = min(clip.start for clip in of_trial)
        stop = max(clip.stop for clip in of_trial)
        spans.append(
            TrialSpan(trial=of_trial[0].trial, start=start, stop=stop, place=place)
        )
        place += stop - start
    asked = np.zeros(place, np.bool_)
    for span in spans:
        for clip in clips[span.trial.pk]:
            asked[span.at(clip.start, clip.stop)] = True
    return spans, asked


def _model(spans: list[TrialSpan], n_frames: int, version: ModelVersion) -> LabelValues:
    """Return a version's touch frames, from its scores of the whole trials."""
    model = np.full(n_frames, UNLABELLED, np.int8)
    span_of = {span.trial.pk: span for span in spans}
    rows = Scores.objects.filter(version=version, trial__in=span_of)
    for trial, values in rows.values_list("trial", "values").iterator():
        span, scores = span_of[trial], scores_from(values)
        mask = touch_mask(scores, [len(scores)], version.threshold)
        model[span.at(span.start, span.stop)] = mask[span.start : span.stop]
    return model


def _settled(
    subsets: list[Subset], spans: list[TrialSpan], n_frames: int
) -> LabelValues:
    settled = np.full(n_frames, UNLABELLED, np.int8)
    by_trial = settled_trials(subsets)
    for span in spans:
        if span.trial.pk in by_trial:
            values = by_trial[span.trial.pk].values[span.start : span.stop]
            settled[span.at(span.start, span.stop)] = values
    return settled


def _in_reach(
    spans: list[TrialSpan], n_frames: int
) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """Return in which frames the pole is within reach, as far as the files tell."""
    in_reach = np.ones(n_frames, np.bool_)
    notes = []
    by_session: dict[Session, list[TrialSpan]] = {}
    for span in spans:
        by_session.setdefault(span.trial.session, []).append(span)
    for session, of_session in by_session.items():
        reach = reach_in(session)
        notes += [reach.unread] if reach.unread else []
        for span in of_session:
            start, stop = reach.counted(span.trial)
            index = np.arange(span.start, span.stop)
            within = (index >= start) & (index < stop)
            in_reach[span.at(span.start, span.stop)] = within
    return in_reach, notes


def _seen_notes(scope: Scope) -> list[str]:
    """Return a sentence for each annotator who saw others' labels before labelling."""
    after = Operation.objects.filter(
        assignment=OuterRef("pk"), recorded_at__gte=OuterRef("saw_others_at")
    )
    saw = scope.assignments.order_by().exclude(saw_others_at=None)
    counted = saw.filter(Exists(after)).values_list("annotator__username")
    return [
        f"{name} saw what others say while labelling {n} "
        f"clip{'' if n == 1 else 's'}: agreement with them says less there."
        for name, n in counted.annotate(n=Count("pk")).order_by("annotator__username")
    ]
