"""Counts for Prometheus, at /metrics: nothing about persons, and not for the public.

Requests are counted by every process into files of its own (prometheus_client's multi-process mode); the sums
are made when asked. What lies in the database is read when asked.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client import REGISTRY as OWN_PROCESS
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from okienko.kernel.messages.queries import pending_count, trouble_count

# A proxy's visitors all come from its address: whoever came through one has to show the token.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
LOCAL_NETWORKS = "127.0.0.0/8,::1/128"

REQUESTS = Counter("okienko_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "okienko_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Routes are names from our own table, so that their number is limited and no path gets in."""
    REQUESTS.labels(route, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(route).observe(seconds)


class Database(Collector):
    """What waits in the database. Statements that touch open work only, whatever the size of the archive."""

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("okienko_database_up", "1 when the database answers.")
        try:
            yield from self._waiting()
            up.add_metric([], 1)
        except DatabaseError:
            connection.close()
            up.add_metric([], 0)
        yield up

    def _waiting(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("okienko_jobs", "Jobs by queue and state.", labels=["queue", "state"])
        oldest = GaugeMetricFamily("okienko_oldest_job_seconds", "How long the first due job has waited.")
        workers = GaugeMetricFamily("okienko_workers", "Workers that gave a sign of life in the last minute.")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs"
                " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2"
            )
            for queue, state, number in cursor.fetchall():
                jobs.add_metric([queue, state], number)
            cursor.execute(
                "SELECT coalesce(extract(epoch FROM now() - min(coalesce(job.scheduled_at, event.at))), 0)"
                " FROM procrastinate_jobs job"
                " LEFT JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'"
                " WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())"
            )
            oldest.add_metric([], float(cursor.fetchone()[0]))
            cursor.execute(
                "SELECT count(*) FROM procrastinate_workers"
                " WHERE last_heartbeat > now() - interval '1 minute'"
            )
            workers.add_metric([], cursor.fetchone()[0])
        waiting = GaugeMetricFamily("okienko_messages_waiting", "Messages written and not yet sent.")
        waiting.add_metric([], pending_count())
        trouble = GaugeMetricFamily("okienko_messages_in_trouble", "Messages that somebody should look at.")
        trouble.add_metric([], trouble_count())
        yield from (jobs, oldest, workers, waiting, trouble)


def exposition(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    registry.register(Database())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text = generate_latest(registry)
    else:
        text = generate_latest(OWN_PROCESS) + generate_latest(registry)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and secrets.compare_digest(shown.encode(), token.encode()):
        return True
    if any(header in request.META for header in FORWARDED):
        return False
    default = "" if settings.PRODUCTION else LOCAL_NETWORKS
    networks = os.environ.get("OKIENKO_METRICS_NETWORKS", default)
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ip_network(network.strip()) for network in networks.split(",") if network.strip())
