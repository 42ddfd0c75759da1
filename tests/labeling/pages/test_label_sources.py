import pytest

from labeling.domain.labels.sources import ConsensusRule
from labeling.pages.label_sources import CONSENSUS_LABELS, source_text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("majority", "majority labels"),
        ("unanimity", "unanimous labels"),
        ("settled", "adjudicated labels"),
        ("annotator:ada", "labels of ada"),
        ("a source of an old version", "a source of an old version"),
        ("", ""),
    ],
)
def test_a_label_source_has_a_name_for_pages(name, shown):
    assert source_text(name) == shown


def test_every_label_source_has_a_name_for_pages():
    assert set(CONSENSUS_LABELS) == set(ConsensusRule)
