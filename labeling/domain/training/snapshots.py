"""Label snapshots: the labels that a version was trained on, frozen."""

import hashlib
import json
from collections.abc import Sequence

from labeling.domain.labels.runs import runs_of
from labeling.domain.labels.sources import LabelSource, TrialLabels
from labeling.models import LabelSnapshot, Subset
from models_ml.arrays import UNLABELLED
from models_ml.touches.detection import touches_from_mask


def freeze_labels(
    *, consensus: Sequence[TrialLabels], subsets: Sequence[Subset], source: LabelSource
) -> LabelSnapshot:
    """Store the labels as they are now; equal labels of equal annotators, once."""
    trials = [_trial_entry(labelled) for labelled in consensus]
    names = sorted(subset.name for subset in subsets)
    annotators = sorted({name for each in consensus for name in each.annotators})
    content = json.dumps([str(source), names, annotators, trials], sort_keys=True)
    values = [labelled.values for labelled in consensus]
    snapshot, _ = LabelSnapshot.objects.get_or_create(
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        defaults={
            "source": str(source),
            "subsets": names,
            "annotators": annotators,
            "n_trials": len(trials),
            "n_frames": sum(int((each != UNLABELLED).sum()) for each in values),
            "n_touches": sum(
                len(touches_from_mask(each == 1, [len(each)])) for each in values
            ),
            "trials": trials,
        },
    )
    return snapshot


def _trial_entry(labelled: TrialLabels) -> dict[str, object]:
    trial = labelled.trial
    return {
        "session": trial.session.name,
        "number": trial.number,
        "role": trial.role,
        "runs": runs_of(labelled.values, first=0),
    }
