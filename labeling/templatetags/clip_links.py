"""Links to a clip that open in place: static/js/clips/clip-links.js opens them."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labeling.domain.recordings.frames import block_digest
from labeling.models import Assignment

register = template.Library()


@register.simple_tag
def clip_link(assignment: Assignment, which: str = "") -> SafeString:
    """Return a link's attributes; `which` is "next" for the next clip to label."""
    pk = assignment.pk
    return format_html(
        'href="{}" data-clip="{}" data-frames="{}"',
        reverse("assignment-detail", args=[pk]),
        which,
        reverse("assignment-frames", args=[pk, block_digest(assignment.clip)]),
    )
