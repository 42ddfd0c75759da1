"""Links to clips name the URL of the frames, for an early request."""

import pytest
from django.urls import resolve

from labeling.domain.recordings.frames import block_digest
from labeling.templatetags.clip_links import clip_link
from tests.factories import make_assignment

pytestmark = pytest.mark.django_db


def test_a_link_names_the_page_and_the_frames_of_a_clip():
    assignment = make_assignment()
    link = clip_link(assignment, "next")
    frames = resolve(link.split('data-frames="')[1].removesuffix('"'))

    assert link.startswith(f'href="/assignments/{assignment.pk}/" data-clip="next" ')
    assert frames.url_name == "assignment-frames"
    assert frames.kwargs == {
        "pk": assignment.pk,
        "digest": block_digest(assignment.clip),
    }
