"""A page's HTML without the line breaks and indentation of its templates."""

import re

from django.http import HttpResponse


def compact(response: HttpResponse) -> str:
    """Return HTML in which whitespace is one space, and none beside a tag."""
    text = re.sub(r"\s+", " ", response.content.decode())
    return re.sub(r" ?(<[^>]*>) ?", r"\1", text)
