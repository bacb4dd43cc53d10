"""What somebody gets when we fail: a fault of ours, or a database that is away and will be back."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

RETRY_SECONDS = 30
# Connection lost, server shutting down or starting, no place for one more connection. The rest of what counts as
# "operational" (a deadlock, a lock that nobody gave up) is met by a database that is well.
AWAY = ("08", "57P", "53")


def database_is_away(error: BaseException | None) -> bool:
    if isinstance(error, InterfaceError):
        return True
    state = getattr(error.__cause__, "sqlstate", None) if isinstance(error, OperationalError) else "no"
    return state is None or state.startswith(AWAY)


def failed(request: HttpRequest) -> HttpResponse:
    """The last word on a page, said where nothing else can be relied on."""
    if not database_is_away(sys.exc_info()[1]):
        return server_error(request)
    page = render_to_string("503.html")
    return HttpResponse(
        page, status=503, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    )
