"""The whole list as a file, over HTTP: how long it takes and how much memory the process of the pages needs for it."""

from __future__ import annotations

import http.client
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

from bench.open311 import _free_port, _running, _wait_for
from bench.peers import load, processor_seconds, result

MOST_MB = 50.0
CHUNK = 65_536
LIST = "/sprawy/zgloszenia/"


def measure(size: int) -> list[dict[str, Any]]:
    told = []
    for form in ("csv", "xlsx"):
        port, cookie = _free_port(), _cookie()
        with _running("web", "--port", str(port), "--processes", "1") as master:
            _wait_for(port)
            _get(port, cookie, LIST)
            _get(port, cookie, f"{LIST}plik/{form}/?q=Hipotetyczna+wrak+Żaneta")  # the code of it is loaded
            pid = _pages_process(master)
            before = _forget_peak(pid)
            start, used = perf_counter(), processor_seconds(pid)
            weight, begun = _get(port, cookie, f"{LIST}plik/{form}/")
            cpu = processor_seconds(pid) - used
            seconds, growth = perf_counter() - start, (_kilobytes(pid, "VmHWM") - before) / 1024
        name = f"export of {size:,} to {form.upper()} ({weight / 1e6:.1f} MB)"
        told += [
            result(f"{name}: seconds", seconds, "s"),
            result(f"{name}: CPU, the database's included", cpu, "s"),
            result(f"{name}: until it begins", begun, "s"),
            result(f"{name}: memory", growth, "MB more", limit=MOST_MB, ok=growth <= MOST_MB),
        ]
    return [*told, load()]


def _cookie() -> str:
    from django.conf import settings
    from django.test import Client

    from okienko.kernel.people.models import Person

    client = Client()
    client.force_login(Person.objects.get(email="administrator@okienko.example"))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _get(port: int, cookie: str, path: str) -> tuple[int, float]:
    """Read as it comes, and forgotten; its weight, and when the first of it was there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    start, weight = perf_counter(), 0
    connection.request("GET", quote(path, safe="/?=+"), headers={"Cookie": cookie})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    begun = perf_counter() - start
    while piece := answer.read(CHUNK):
        weight += len(piece)
    return weight, begun


def _pages_process(master: int) -> int:
    """The largest of those that the server has started."""
    family, found = [master], []
    while family:
        pid = family.pop()
        found.append(pid)
        family += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return max(found[1:], key=lambda pid: _kilobytes(pid, "VmRSS"))


def _forget_peak(pid: int) -> int:
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _kilobytes(pid, "VmRSS")


def _kilobytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
