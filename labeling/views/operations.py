"""The operation log, as a page and as a CSV file."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labeling.domain.agreement.access import sees_all_annotators
from labeling.domain.agreement.operation_log import choices_for, log_page
from labeling.forms.operation_log import filters_from, position_from
from labeling.pages.operation_log import log_table, operation_row
from labeling.views.http import UserRequest
from labeling.views.responses import streamed_csv_download

LISTED_MAX = 100


@never_cache
@require_safe
def operation_list(request: UserRequest) -> HttpResponse:
    """List filtered operations; annotators see only their own."""
    filters, after = filters_from(request.GET), position_from(request.GET)
    page = log_page(request.user, filters, n_rows=LISTED_MAX, after=after)
    query = request.GET.copy()
    query.pop("after", None)
    earlier = query.copy()
    if page.earlier:
        earlier["after"] = str(page.earlier)
    context = {
        "filters": filters,
        "choices": choices_for(request.user),
        "all_annotators": sees_all_annotators(request.user),
        "page": page,
        "rows": [operation_row(each) for each in page.operations],
        "query": query.urlencode(),
        "is_first": after is None,
        "earlier": earlier.urlencode() if page.earlier else "",
    }
    return render(request, "labeling/operations/operation_list.html", context)


@never_cache
@require_safe
def operation_log(request: UserRequest) -> StreamingHttpResponse:
    """Send the filtered operations as CSV, without pages."""
    rows = log_table(request.user, filters_from(request.GET))
    return streamed_csv_download(rows, "operations.csv")
