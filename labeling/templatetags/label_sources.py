"""Label sources as pages name them; stored names stay as they are."""

from django import template

from labeling.domain.labels.sources import ConsensusRule, LabelSource
from labeling.errors import LabelingError

register = template.Library()

SHOWN = {
    ConsensusRule.MAJORITY: "majority labels",
    ConsensusRule.UNANIMITY: "unanimous labels",
    ConsensusRule.ADJUDICATED: "adjudicated labels",
}


@register.filter
def label_source(name: str) -> str:
    """Return what a label source is called on pages, such as "majority labels"."""
    try:
        source = LabelSource.parse(name)
    except LabelingError:
        return name
    if source.consensus is None:
        return f"labels of {source.annotator}"
    return SHOWN[source.consensus]
