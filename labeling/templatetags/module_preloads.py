"""Links that make a browser fetch all JavaScript modules of a page at once.

Without them, a browser finds a module only after it has read the one that imports it.
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
    """Return links for a module and for every module that it imports."""
    links = ((static(path),) for path in needed_modules(entry))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', links)


@lru_cache(maxsize=8)
def needed_modules(entry: str) -> tuple[str, ...]:
    """Return a module and all that it imports, directly imported modules first."""
    needed = [entry]
    for path in needed:
        for imported in _imports(path):
            if imported not in needed:
                needed.append(imported)
    return tuple(needed)


def _imports(path: str) -> list[str]:
    file = finders.find(path)
    if not isinstance(file, str):
        raise FileNotFoundError(f"The module {path} is not among the static files.")
    folder = posixpath.dirname(path)
    return [
        posixpath.normpath(posixpath.join(folder, each))
        for each in IMPORTED.findall(Path(file).read_text())
    ]
