"""Answers for those who watch the machine: alive, ready, counts.

They come before any other middleware: a probe knows no host name, follows no redirect and needs no session.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from okienko.base.time import now
from okienko.site import metrics
from okienko.site.serving import WORKER_HEARTBEAT_SECONDS

Respond = Callable[[HttpRequest], HttpResponse]

HEARTBEAT_MAY_BE_OLD = timedelta(seconds=6 * WORKER_HEARTBEAT_SECONDS)


def probes(get_response: Respond) -> Respond:
    answers: dict[str, Respond] = {
        "/health/live": alive,
        "/health/ready": ready,
        "/metrics": metrics.exposition,
    }

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = answers.get(request.path_info)
        if answer is None:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        response = answer(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def alive(request: HttpRequest) -> HttpResponse:
    """This process answers; what it depends on is no reason to restart it."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> HttpResponse:
    """Whether work can be done here, and if not, what is missing."""
    missing = [name for name, check in CHECKS.items() if not _passes(check)]
    body = {"status": "not ready" if missing else "ready", "missing": missing}
    return JsonResponse(body, status=503 if missing else 200)


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except DatabaseError:
        # The connection may be the broken thing; the next probe gets a fresh one.
        connection.close()
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations_applied() -> bool:
    try:
        return _once_applied()
    except _Waiting:
        return False


class _Waiting(Exception):
    pass


@cache
def _once_applied() -> bool:
    """Remembered once true: migrations come with new code, and new code with a new process."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _Waiting
    return True


def _worker_lives() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > %s)",
            [now() - HEARTBEAT_MAY_BE_OLD],
        )
        return bool(cursor.fetchone()[0])


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "migrations": _migrations_applied,
    "worker": _worker_lives,
}
