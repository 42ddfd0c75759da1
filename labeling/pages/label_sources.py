"""Label sources as pages name them; stored names stay as they are."""

from labeling.domain.labels.sources import ConsensusRule, LabelSource
from labeling.errors import LabelingError

CONSENSUS_LABELS = {
    ConsensusRule.MAJORITY: "majority labels",
    ConsensusRule.UNANIMITY: "unanimous labels",
    ConsensusRule.ADJUDICATED: "adjudicated labels",
}


def source_text(name: str) -> str:
    """Return what a stored label source is called on pages."""
    try:
        source = LabelSource.parse(name)
    except LabelingError:
        return name
    if source.consensus is None:
        return f"labels of {source.annotator}"
    return CONSENSUS_LABELS[source.consensus]
