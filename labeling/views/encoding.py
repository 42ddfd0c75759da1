"""Bytes on their way to the browser, as small as it can take them cheaply."""

import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

import zstandard
from django.http import HttpRequest, StreamingHttpResponse


class Packer(Protocol):
    """What packs a stream so that each piece can be unpacked when it arrives."""

    def packed(self, piece: bytes) -> bytes:
        """Pack a piece, whole."""

    def end(self) -> bytes:
        """Return what closes the stream."""


class Zstd:
    """Camera noise leaves little to squeeze: the fastest level loses almost nothing."""

    name = "zstd"

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=1).compressobj()

    def packed(self, piece: bytes) -> bytes:
        """Pack a piece, whole."""
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return self._stream.compress(piece) + self._stream.flush(flush)

    def end(self) -> bytes:
        """Return what closes the stream."""
        return self._stream.flush()


class Gzip:
    """For browsers, and addresses without HTTPS, that take no zstd."""

    name = "gzip"

    def __init__(self) -> None:
        self._stream = zlib.compressobj(level=1, wbits=16 + zlib.MAX_WBITS)

    def packed(self, piece: bytes) -> bytes:
        """Pack a piece, whole."""
        return self._stream.compress(piece) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        """Return what closes the stream."""
        return self._stream.flush()


def streamed(request: HttpRequest, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    """Answer piece by piece in the best encoding that this browser accepts.

    The first piece is made at once: what fails there becomes an answer of its own.
    """
    pieces = chain([next(pieces, b"")], pieces)
    accepted = _accepted(request.headers.get("Accept-Encoding", ""))
    packer = next((kind for kind in (Zstd, Gzip) if kind.name in accepted), None)
    response = StreamingHttpResponse(
        _packed(packer(), pieces) if packer else pieces,
        content_type="application/octet-stream",
    )
    if packer:
        response["Content-Encoding"] = packer.name
    response["Vary"] = "Accept-Encoding"
    return response


def _packed(packer: Packer, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield packer.packed(piece)
    yield packer.end()


def _accepted(header: str) -> set[str]:
    """Return the encodings that a browser names and does not refuse with q=0."""
    choices = (choice.replace(" ", "").lower() for choice in header.split(","))
    named = (choice.partition(";q=") for choice in choices)
    return {name for name, _, quality in named if quality.strip("0.") or not quality}
