"""Where gateways report what became of text messages. Who knows the secret path is the gateway."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from okienko.base.time import now
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages import actions, queries
from okienko.kernel.messages.gateways import kannel as kannel_gateway
from okienko.kernel.messages.gateways.web import is_report_secret
from okienko.kernel.messages.models import Message

ACTOR = Actor.system("sms")
DELIVERED = frozenset({"delivered", "delivrd", "ok", "doreczono", "doręczono", "404"})
"""Words of the common gateways; 404 is what one of them calls “delivered”."""
UNDELIVERED = frozenset({
    "undelivered", "undeliv", "failed", "expired", "rejected", "rejectd", "not_delivered", "nieudane",
    "402", "403", "405", "407", "408",
})  # fmt: skip


@csrf_exempt
def kannel(request: HttpRequest, secret: str) -> HttpResponse:
    _check(secret)
    message = queries.text_message(key=request.GET.get("key", ""))
    status = request.GET.get("status", "")
    if message is not None and status.isascii() and status.isdigit() and len(status) < 6:
        bits = int(status)
        if bits & kannel_gateway.DELIVERED:
            _report(message, True, "")
        elif bits & (kannel_gateway.FAILED | kannel_gateway.REJECTED):
            _report(message, False, request.GET.get("answer", "")[:500])
    return HttpResponse("OK")


@csrf_exempt
def http_json(request: HttpRequest, secret: str) -> HttpResponse:
    """Reports by query, form or JSON; one, or several with commas between, as these gateways send them."""
    _check(secret)
    given = _given(request)
    ids = given.get("MsgId") or given.get("id") or ""
    keys = given.get("idx") or ""
    states = (given.get("status_name") or given.get("status") or "").split(",")
    for position, name in enumerate((ids or keys).split(",")):
        state = states[min(position, len(states) - 1)].strip().lower()
        name = name.strip()[:100]
        message = queries.text_message(gateway_id=name) if ids else queries.text_message(key=name)
        if message is not None and state in DELIVERED | UNDELIVERED:
            _report(message, state in DELIVERED, state)
    return HttpResponse("OK")


def _given(request: HttpRequest) -> dict[str, str]:
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise Http404 from None
        return {str(name): str(value) for name, value in body.items()} if isinstance(body, dict) else {}
    return {**request.GET.dict(), **request.POST.dict()}


def _check(secret: str) -> None:
    if not is_report_secret(secret):
        raise Http404


def _report(message: Message, delivered: bool, said: str) -> None:
    actions.delivered_by_gateway(message, delivered, said.replace("\x00", ""), by=ACTOR, at=now())
