"""Open311 GeoReport v2: services, requests and tokens, for any client of that standard."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from okienko.base.time import now
from okienko.features.faults.open311 import asking, queries, sending, wire
from okienko.features.faults.open311.wire import Answer

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-21T00:00:00Z"

Ask = Callable[..., Answer]


def answering(*methods: str) -> Callable[[Ask], Callable[..., HttpResponse]]:
    """The form of the answer is in the address, or what the client accepts; mistakes are answered in it as well."""

    def decorate(ask: Ask) -> Callable[..., HttpResponse]:
        @csrf_exempt
        def view(request: HttpRequest, *, form: str = "", **named: str) -> HttpResponse:
            chosen = form or _accepted(request)
            status = 200
            try:
                if chosen not in wire.FORMATS:
                    raise asking.Wrong(404, "format: xml or json")
                if request.method not in methods:
                    raise asking.Wrong(400, f"method: {', '.join(methods)}")
                _demand_jurisdiction(request)
                answer = ask(request, **named)
            except asking.Wrong as wrong:
                status = wrong.status
                rows = [{"code": status, "description": text} for text in wrong.mistakes]
                answer = Answer("errors", rows, "error")
            chosen = chosen if chosen in wire.FORMATS else "xml"
            response = HttpResponse(wire.written(answer, chosen), wire.FORMATS[chosen], status)
            response["Access-Control-Allow-Origin"] = "*"  # what everybody may see, any page may show
            return response

        return view

    return decorate


def _accepted(request: HttpRequest) -> str:
    preferred = request.get_preferred_type(["text/xml", "application/xml", "application/json"])
    return "json" if preferred == "application/json" else "xml"


def _demand_jurisdiction(request: HttpRequest) -> None:
    ours = settings.OPEN311_JURISDICTION
    asked = (request.POST.get("jurisdiction_id") or request.GET.get("jurisdiction_id", "")).strip()
    if ours and asked and asked != ours:
        raise asking.Wrong(404, f"jurisdiction_id: there is no {asked}")


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.GET.items()}


@answering("GET", "HEAD")
def discovery(request: HttpRequest) -> Answer:
    address = settings.PUBLIC_ADDRESS + reverse("open311:discovery").removesuffix("/discovery")
    endpoint = {
        "specification": SPECIFICATION,
        "url": address,
        "changeset": CHANGED,
        "type": "production" if settings.PRODUCTION else "test",
        "formats": [kind.partition(";")[0] for kind in wire.FORMATS.values()],
    }
    content = {
        "changeset": CHANGED,
        "contact": settings.PUBLIC_ADDRESS,
        "key_service": settings.PUBLIC_ADDRESS,
        "endpoints": [endpoint],
    }
    return Answer("discovery", content)


@answering("GET", "HEAD")
def services(request: HttpRequest) -> Answer:
    return Answer("services", [queries.as_service(one) for one in queries.services()], "service")


@answering("GET", "HEAD")
def service(request: HttpRequest, code: str) -> Answer:
    return Answer("service_definition", queries.as_definition(queries.service(code)))


@answering("GET", "HEAD", "POST")
def requests(request: HttpRequest) -> Answer:
    at = now()
    if request.method != "POST":
        found = queries.requests(asking.question(_given(request), at=at))
        return Answer("service_requests", queries.as_requests(found), "request")
    case = sending.receive(request, at=at)
    row = {
        "service_request_id": case.number,
        "token": case.report.token,
        "service_notice": "",
        "account_id": request.POST.get("account_id") or None,
    }
    return Answer("service_requests", [row], "request")


@answering("GET", "HEAD")
def one(request: HttpRequest, number: str) -> Answer:
    found = queries.as_requests(queries.requests(asking.question({"service_request_id": number}, at=now())))
    if not found:
        raise asking.Wrong(404, f"service_request_id: there is no {number}")
    return Answer("service_requests", found, "request")


@answering("GET", "HEAD")
def token(request: HttpRequest, token: str) -> Answer:
    report = queries.by_token(token)
    row = {"service_request_id": report.case.number, "token": token}
    return Answer("service_requests", [row], "request")


@answering("GET", "HEAD")
def updates(request: HttpRequest) -> Answer:
    found = queries.updates(asking.question(_given(request), at=now()))
    return Answer("service_requests_updates", list(found), "request_update")
