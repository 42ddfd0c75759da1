"""Every URL of the product, with values for its parameters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from django.urls import URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>.*?\)\$?")


def every_route() -> Iterator[tuple[str, str]]:
    """Yield the name and the pattern of each URL; those without a name as `ns:?`."""
    yield from _routes(get_resolver(), "", "")


def _routes(
    resolver: URLResolver, before: str, namespace: str
) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern).removeprefix("^").removesuffix(r"\Z")
        if isinstance(entry, URLResolver):
            inside = f"{entry.namespace}:" if entry.namespace else ""
            yield from _routes(entry, route, namespace + inside)
        else:
            yield namespace + (entry.name or "?"), route


def paths_of(
    name: str, route: str, known: Mapping[str, Sequence[Any]]
) -> Iterator[str]:
    """Yield the paths of a route, for all known values of its parameters.

    `known` has values by "name.parameter", by "noun.parameter" with the first word of
    the name ("session.pk"), or by the parameter alone.
    """
    noun = name.split("-")[0]
    parameters = [one or other for one, other in PARAMETER.findall(route)]
    choices = [
        known.get(f"{name}.{each}") or known.get(f"{noun}.{each}") or known[each]
        for each in parameters
    ]
    for values in product(*choices):
        left = iter(values)
        path = PARAMETER.sub(lambda _: str(next(left)), route)  # noqa: B023
        yield f"/{path}"
