"""Links that let a browser fetch all JavaScript modules of a page at once.

Without them it learns of a module only when it has read the one that imports it.
"""

import posixpath
import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

IMPORTED = re.compile(r'^(?:import|export)\b[^"]*"(\.{1,2}/[^"]+)"', re.MULTILINE)


@register.simple_tag
def module_preloads(entry: str) -> SafeString:
    """Return a link for a module and for each one that it needs."""
    links = ((static(path),) for path in needed_modules(entry))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', links)


@lru_cache(maxsize=8)
def needed_modules(entry: str) -> tuple[str, ...]:
    """Return a module and what it imports, near and far, nearest first."""
    needed = [entry]
    for path in needed:
        for imported in _imports(path):
            if imported not in needed:
                needed.append(imported)
    return tuple(needed)


def _imports(path: str) -> list[str]:
    file = finders.find(path)
    if not isinstance(file, str):
        raise FileNotFoundError(f"Expected the module {path} among the static files.")
    folder = posixpath.dirname(path)
    return [
        posixpath.normpath(posixpath.join(folder, each))
        for each in IMPORTED.findall(Path(file).read_text())
    ]
