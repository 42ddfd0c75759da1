import pytest

from labeling.domain.labels.sources import ConsensusRule
from labeling.templatetags.label_sources import SHOWN, label_source


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
    assert label_source(name) == shown


def test_every_label_source_has_a_name_for_pages():
    assert set(SHOWN) == set(ConsensusRule)
