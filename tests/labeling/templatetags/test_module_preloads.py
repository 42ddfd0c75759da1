"""The head of a page names all its modules, so that none waits for another."""

import re
from pathlib import Path

from labeling.templatetags.module_preloads import module_preloads, needed_modules

STATIC = Path(__file__).resolve().parents[3] / "static"


def test_every_module_that_an_import_names_is_preloaded_once():
    needed = needed_modules("js/pages/label-page.js")

    named = {
        (STATIC / path).parent.joinpath(imported).resolve()
        for path in needed
        for imported in re.findall(r'from "([^"]+)"', (STATIC / path).read_text())
    }
    assert needed[0] == "js/pages/label-page.js"
    assert len(set(needed)) == len(needed)
    assert {(STATIC / path).resolve() for path in needed[1:]} == named


def test_links_are_written_for_the_head_of_a_page():
    links = module_preloads("js/lib/saving/random-id.js")

    assert (
        links == '<link rel="modulepreload" href="/static/js/lib/saving/random-id.js">'
    )
