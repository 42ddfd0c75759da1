"""Links to a clip that open in place; static/js/clips/clip-links.js does it."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labeling.domain.recordings.frames import block_digest
from labeling.models import Assignment

register = template.Library()


@register.simple_tag
def clip_link(assignment: Assignment, which: str = "") -> SafeString:
    """Return a link's attributes; of the clip to label next with `which` "next"."""
    pk = assignment.pk
    return format_html(
        'href="{}" data-clip="{}" data-frames="{}"',
        reverse("assignment-detail", args=[pk]),
        which,
        reverse("assignment-frames", args=[pk, block_digest(assignment.clip)]),
    )
