"""Preview of a retrain: its labels, and what is missing, before it starts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labeling.domain.labels.sources import (
    MAJORITY,
    LabelSource,
    TrialLabels,
    source_labels_in_range,
)
from labeling.domain.recordings.session_files import opened_session
from labeling.domain.training.old_data import has_old_data
from labeling.domain.versions.store import classifier_text_of, weights_of
from labeling.errors import LabelingError
from labeling.models import Label, ModelVersion, Session, Subset, Trial
from models_ml.arrays import UNLABELLED
from models_ml.touches.detection import touches_from_mask

TRIALS_MIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainingPreview:
    """The labels of a retrain; blockers prevent it, warnings limit what it can show."""

    n_trials: dict[str, int]
    n_frames: int
    n_out_of_reach: int
    n_touches: int
    annotators: tuple[str, ...]
    blockers: tuple[str, ...]
    warnings: tuple[str, ...]

    def check(self) -> None:
        """Refuse a retrain with blockers, in the sentences that the page shows."""
        if self.blockers:
            raise LabelingError(" ".join(self.blockers))


def preview_subsets(
    subsets: Sequence[Subset],
    *,
    parent: ModelVersion | None,
    with_shipped_data: bool,
    source: LabelSource = MAJORITY,
) -> RetrainingPreview:
    """Return the preview of a retrain on the current labels of these subsets."""
    return preview_of(
        source_labels_in_range(source, subsets),
        subsets=subsets,
        parent=parent,
        with_shipped_data=with_shipped_data,
    )


def preview_of(
    consensus: Sequence[TrialLabels],
    *,
    subsets: Sequence[Subset],
    parent: ModelVersion | None,
    with_shipped_data: bool,
) -> RetrainingPreview:
    """Return the preview of a retrain on these labels.

    Without a parent, the parent is the shipped model.
    """
    labelled = [each for each in consensus if (each.values != UNLABELLED).any()]
    roles = Counter(each.trial.role for each in labelled)
    with_old_data = with_shipped_data and (parent is None or has_old_data(parent))
    return RetrainingPreview(
        n_trials={str(role): roles[role] for role in Trial.Role if role},
        n_frames=sum(int((each.values != UNLABELLED).sum()) for each in labelled),
        n_out_of_reach=sum(each.n_out_of_range for each in consensus),
        n_touches=sum(map(_n_touches, labelled)),
        annotators=tuple(sorted({one for each in labelled for one in each.annotators})),
        blockers=(
            *_without_labels(consensus, labelled, subsets, with_old_data),
            *_without_files(parent, labelled),
        ),
        warnings=tuple(_shortcomings(labelled, roles)),
    )


def latest_retrained() -> ModelVersion | None:
    """Return the latest retrained version; the next retrain takes about as long."""
    return ModelVersion.objects.filter(metrics__search_minutes__gt=0).first()


def _n_touches(labelled: TrialLabels) -> int:
    values = labelled.values
    return len(touches_from_mask(values == Label.Value.TOUCH, [len(values)]))


def _without_labels(
    consensus: Sequence[TrialLabels],
    labelled: Sequence[TrialLabels],
    subsets: Sequence[Subset],
    with_old_data: bool,
) -> Iterator[str]:
    names = ", ".join(subset.name for subset in subsets) or "no subset"
    if not consensus:
        yield f"There are no labels in {names}. Label some clips first."
        return
    if not labelled:
        yield (
            f"The label source decides no frame in {names}: no frame is touch or not "
            "touch. Let one more annotator label, or choose another source."
        )
        return
    if len(labelled) < TRIALS_MIN:
        yield (
            f"A retrain needs at least {TRIALS_MIN} labelled trials, and there "
            f"{'is' if len(labelled) == 1 else 'are'} {len(labelled)}. Label clips of "
            "more trials."
        )
    train = [each for each in labelled if each.trial.role == Trial.Role.TRAIN]
    if not train:
        yield (
            "No training trial is labelled, only validation or held-out trials. Label "
            "more clips."
        )
        return
    kinds = {
        int(value)
        for each in (labelled if with_old_data else train)
        for value in (Label.Value.TOUCH, Label.Value.NOT_TOUCH)
        if (each.values == value).any()
    }
    if len(kinds) < 2:
        only = "touch" if Label.Value.TOUCH in kinds else "not touch"
        where = "" if with_old_data else " on training trials"
        yield (
            f"All labels{where} are {only}. Label clips that show the other kind too."
        )


def _without_files(
    parent: ModelVersion | None, labelled: Sequence[TrialLabels]
) -> Iterator[str]:
    if parent is not None:
        try:
            classifier_text_of(parent)
            if not weights_of(parent.backbone).is_file():
                raise LabelingError(
                    f"The weights of {parent.backbone} are not below the models root. "
                    "Restore them from a backup."
                )
        except LabelingError as error:
            yield str(error)
    sessions = {each.trial.session_id: each.trial.session for each in labelled}
    for session in sessions.values():
        yield from _without_file(session)


def _without_file(session: Session) -> Iterator[str]:
    try:
        with opened_session(session):
            pass
    except LabelingError as error:
        yield str(error)


def _shortcomings(
    labelled: Sequence[TrialLabels], roles: Counter[str]
) -> Iterator[str]:
    if not labelled:
        return
    if not roles[Trial.Role.VALIDATION]:
        yield (
            "No validation trial is labelled: the retrain validates on training trials "
            "in turn, without a hyperparameter search."
        )
    held_out = [each for each in labelled if each.trial.role == Trial.Role.HELD_OUT]
    if not held_out:
        yield "No held-out trial is labelled: the new version cannot be measured."
    elif not sum(map(_n_touches, held_out)):
        yield (
            "The held-out trials have no labelled touch: errors per touch cannot be "
            "measured."
        )
