"""Responses with the headers of downloads and of cached pictures and frames."""

from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from labeling.pages.csv_tables import Row, csv_lines, csv_text

CSV, HTML = "text/csv; charset=utf-8", "text/html; charset=utf-8"
PNG, SVG = "image/png", "image/svg+xml"


def csv_download(rows: Iterable[Row], name: str) -> HttpResponse:
    """Return a table as a CSV file to download."""
    return download(csv_text(rows), CSV, name)


def streamed_csv_download(rows: Iterable[Row], name: str) -> StreamingHttpResponse:
    """Return a long table as a CSV file to download, sent row by row."""
    response = StreamingHttpResponse(csv_lines(rows), content_type=CSV)
    _attach(response, name)
    return response


def download(content: str, content_type: str, name: str) -> HttpResponse:
    """Return a file to download."""
    response = HttpResponse(content, content_type=content_type)
    _attach(response, name)
    return response


def cached_png(picture: bytes) -> HttpResponse:
    """Return a picture that the user's browser may cache for an hour."""
    response = HttpResponse(picture, content_type=PNG)
    response["Cache-Control"] = "private, max-age=3600"
    return response


def cache_forever(response: HttpResponseBase) -> None:
    """Let the user's browser cache a response whose URL names its content."""
    response["Cache-Control"] = "private, max-age=31536000, immutable"


def _attach(response: HttpResponseBase, name: str) -> None:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
