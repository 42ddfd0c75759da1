"""Bytes on their way to the browser, as small as it can take them cheaply."""

import gzip
from functools import partial

import zstandard
from django.http import HttpRequest, HttpResponse

# Camera noise leaves little to squeeze: the fastest levels lose almost nothing.
ENCODERS = {
    "zstd": partial(zstandard.compress, level=1),
    "gzip": partial(gzip.compress, compresslevel=1, mtime=0),
}


def compressed(request: HttpRequest, data: bytes) -> HttpResponse:
    """Answer with raw bytes in the best encoding that this browser accepts."""
    accepted = _accepted(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(content_type="application/octet-stream")
    for name, encode in ENCODERS.items():
        if name in accepted:
            response.content = encode(data)
            response["Content-Encoding"] = name
            break
    else:
        response.content = data
    response["Vary"] = "Accept-Encoding"
    return response


def _accepted(header: str) -> set[str]:
    """Return the encodings that a browser names and does not refuse with q=0."""
    choices = (choice.replace(" ", "").lower() for choice in header.split(","))
    named = (choice.partition(";q=") for choice in choices)
    return {name for name, _, quality in named if quality.strip("0.") or not quality}
