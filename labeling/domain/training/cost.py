"""The cost of a retrain's CNN, in minutes and memory, before it starts."""

from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.preview import RetrainingPreview
from labeling.domain.versions.catalog import latest_version
from labeling.models import Session
from models_ml.cnn_training.cnn_candidates import N_FOLDS
from models_ml.cnn_training.plan import FineTuningCost, cost_of


def cnn_cost(choice: RetrainingChoice, preview: RetrainingPreview) -> FineTuningCost:
    """Return what the training of the CNN is expected to cost."""
    kind = (choice.parent or latest_version()).backbone.kind
    # Without validation trials, a CNN is trained for each fold, and one on all labels.
    n_trainings = 1 if preview.n_trials["validation"] else N_FOLDS + 1
    sizes = Session.objects.filter(trials__clips__subset__in=choice.subsets)
    frame_bytes = max(
        (
            height * width
            for height, width in sizes.values_list("height_px", "width_px")
        ),
        default=0,
    )
    return cost_of(
        kind,
        choice.cnn_plan(kind),
        n_trainings=n_trainings,
        frame_bytes=preview.n_frames * frame_bytes,
    )
