"""Server-sent events at /live/: told is only that something changed; the page then asks for what it shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import Error

from okienko.site.live.hub import Client, Full, Hub

PATH = "/live/"
HEARTBEAT_SECONDS = 15.0
SEND_SECONDS = 10.0
LIFE_SECONDS = 600.0
RETRY_MILLISECONDS = 3000

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Any, Receive, Send], Awaitable[None]]


def with_live(pages: Any) -> Asgi:
    """Live updates at their own address; everything else is answered as ever."""
    hub = Hub()

    async def application(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await _answer(hub, scope, receive, send)
        else:
            await pages(scope, receive, send)

    return application


async def _answer(hub: Hub, scope: Any, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get("origin", "")
    allowed = _cross_origin(origin)
    if scope["method"] != "GET":
        await _refuse(send, 405, [*allowed, ("allow", "GET")])
        return
    try:
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=100)
    except ValueError:
        await _refuse(send, 400, allowed)
        return
    names = [name for value in asked.get("topics", []) for name in value.split(" ") if name]
    try:
        client = await hub.open(headers.get("cookie", ""), names, headers.get("last-event-id", ""))
    except (Full, Error):
        await _refuse(send, 503, [*allowed, ("retry-after", "60")])
        return
    if client is None:
        await _refuse(send, 404, allowed)
        return
    try:
        await _serve(client, allowed, receive, send)
    finally:
        hub.close(client)


def _cross_origin(origin: str) -> list[tuple[str, str]]:
    """The pages of this office may read, whatever port they come from; other sites may not."""
    if origin != settings.PUBLIC_ADDRESS:
        return [("vary", "Origin")]
    return [
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    ]


async def _serve(client: Client, headers: list[tuple[str, str]], receive: Receive, send: Send) -> None:
    """Until the client goes, is too slow, or has been here long enough to show its session anew."""
    gone = asyncio.ensure_future(_until_gone(receive))
    writing = asyncio.ensure_future(_write(client, headers, send))
    done, open_ = await asyncio.wait({gone, writing}, return_when=asyncio.FIRST_COMPLETED)
    for task in open_:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    for task in done:
        with suppress(TimeoutError, OSError, RuntimeError):
            task.result()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(client: Client, headers: list[tuple[str, str]], send: Send) -> None:
    started = [
        *headers,
        ("content-type", "text/event-stream; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": _encoded(started)})
    await _send(send, f"retry: {RETRY_MILLISECONDS}\nid: {client.at}\nevent: open\ndata: {{}}\n\n")
    loop = asyncio.get_running_loop()
    end = loop.time() + LIFE_SECONDS
    while loop.time() < end and not client.sent_away:
        with suppress(TimeoutError):
            await asyncio.wait_for(client.woken.wait(), HEARTBEAT_SECONDS)
        client.woken.clear()
        names, client.waiting = list(client.waiting), {}
        if names:
            told = json.dumps({"topics": names})
            await _send(send, f"id: {client.at}\nevent: change\ndata: {told}\n\n")
        elif not client.sent_away:
            await _send(send, ": still here\n\n")
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(send: Send, text: str) -> None:
    message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
    await asyncio.wait_for(send(message), SEND_SECONDS)


async def _refuse(send: Send, status: int, headers: list[tuple[str, str]]) -> None:
    started = [*headers, ("content-length", "0"), ("cache-control", "no-store")]
    await send({"type": "http.response.start", "status": status, "headers": _encoded(started)})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _encoded(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
