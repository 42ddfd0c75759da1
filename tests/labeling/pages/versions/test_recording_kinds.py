"""Figures of real and simulated recordings: on the report's page and as text."""

import re

import pytest
from django.urls import reverse

from labeling.pages.versions.recording_kinds import NOTHING_REAL, kind_lines
from tests.factories import make_user, make_version
from tests.page_markup import compact

pytestmark = pytest.mark.django_db

ERRORS = ("miss", "join", "split", "append_long", "deduct_long", "append", "deduct")


def figures(n_ghosts):
    rate = {"low": 0.1, "high": 0.4, "why": "", "n": 8, "n_trials": 2}
    return {
        "auc": 0.9876,
        "n_touches": 8,
        "n_trials": 2,
        "errors": {"ghost": n_ghosts, **dict.fromkeys(ERRORS, 0)},
        "rates": {
            "touch_count_errors": {"value": n_ghosts / 8, **rate},
            "edge_errors": {"value": 0.0, **rate},
        },
    }


def version_with(kinds):
    record = {"trials": [], "rates": {}, "errors": {}, "touches": {}, "people": None}
    if kinds is not None:
        both = {"before": figures(2), "after": figures(1)}
        record["kinds"] = dict.fromkeys(kinds, both)
    return make_version(number=2, metrics={"held_out": record})


def page_of(client, version):
    client.force_login(make_user("dana", "admin"))
    pages = [
        compact(client.get(reverse(name, args=[version.pk])))
        for name in ("version-detail", "version-report")
    ]
    assert ['id="recording-kinds"' in page for page in pages] in (
        [True] * 2,
        [False] * 2,
    )
    return pages[0]


def test_a_report_shows_real_recordings_before_simulated_ones(client):
    version = version_with(["simulated", "real"])

    page = page_of(client, version)
    lines = list(kind_lines(version))

    table = page[page.index('id="recording-kinds"') :]
    kinds = re.findall(r'<td class="table-main">(Real|Simulated)</td>', table)
    assert kinds == ["Real", "Real", "Simulated", "Simulated"]
    assert '0.250<span class="muted nowrap">0.100 to 0.400</span>' in table
    assert "(2 errors)" in table
    assert "(1 error)" in table
    assert NOTHING_REAL not in page
    assert [line[:24].strip() for line in lines[1:]] == [
        *("Real, parent", "Real, this version"),
        *("Simulated, parent", "Simulated, this version"),
    ]
    assert lines[1].split()[2:] == ["0.250", "0.000", "0.9876", "8", "2"]


def test_a_report_without_real_held_out_trials_says_so(client):
    version = version_with(["simulated"])

    assert NOTHING_REAL in page_of(client, version)
    assert list(kind_lines(version)) == [NOTHING_REAL]


@pytest.mark.parametrize("kinds", [["real"], None])
def test_one_kind_needs_no_lines_of_its_own(kinds):
    assert list(kind_lines(version_with(kinds))) == []


def test_an_early_report_has_no_kinds(client):
    assert 'id="recording-kinds"' not in page_of(client, version_with(None))
