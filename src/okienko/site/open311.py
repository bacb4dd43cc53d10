"""Programs that speak Open311 ask no oftener than those that speak our own API."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from okienko.base.time import now
from okienko.features.faults.open311.wire import FORMATS, Answer, written
from okienko.kernel.people.tokens import token_in
from okienko.site.api import limits

PATH = "/open311/v2/"


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PATH):
            return get_response(request)
        at = now()
        token = token_in(request, f"Bearer {request.POST.get('api_key', '')}", at=at)
        allowance = limits.count_token(token.pk, at=at) if token else limits.count_address(request, at=at)
        response = _refused(request) if allowance.exceeded else get_response(request)
        for name, value in allowance.headers().items():
            response.headers[name] = value
        return response

    return middleware


def _refused(request: HttpRequest) -> HttpResponse:
    form = "json" if request.path.endswith(".json") else "xml"
    told = {"code": 429, "description": _("Too many questions. Ask again in a minute.")}
    return HttpResponse(written(Answer("errors", [told], "error"), form), FORMATS[form], 429)
