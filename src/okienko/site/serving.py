"""The three processes that do the work: pages, live updates, jobs."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from okienko.site.told import TellError

YEAR = 365 * 24 * 3600
WORKER_HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 30.0
STOP_SECONDS = 10
WORKER_CONNECTIONS = 4  # beside those of the jobs themselves
WORKER_NICE = 10  # somebody waits for a page now; a job may come a moment later
# Browsers keep their connections open: a process serves so many at a time, and as many wait for it in the kernel.
CONNECTIONS, QUEUE = 4096, 4096
FILES_BESIDE_CONNECTIONS = 512


def demand_free_port(host: str, port: int) -> None:
    """Asked before the server starts: it shares a port with a stranger without a word (SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            raise TellError(
                f"Port {port} on {host} cannot be used ({getattr(problem, 'strerror', None) or problem}). "
                "Stop what listens there or choose another port by OKIENKO_PORT."
            ) from problem


def _serve(target: str, interface: str, host: str, port: int, **options: Any) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    demand_free_port(host, port)
    _allow_files(CONNECTIONS + FILES_BESIDE_CONNECTIONS)
    Server(
        target,
        address=host,
        port=port,
        interface=Interfaces(interface),
        http=HTTPModes.http1,  # a proxy in front speaks HTTP/1.1 to us; browsers need TLS for HTTP/2
        websockets=False,
        backlog=QUEUE,
        backpressure=CONNECTIONS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=STOP_SECONDS,
        **options,
    ).serve()


def _allow_files(wanted: int) -> None:
    """Each connection is an open file; many systems allow a process only 1,024 of them until it asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def web(data: Path, *, host: str, port: int, processes: int) -> None:
    # Counts of requests are kept in files that all processes of this machine write and any of them reads.
    counts = data / "metrics" / str(port)
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts)
    static = data / "static"
    static.mkdir(parents=True, exist_ok=True)
    _serve(
        "okienko.site.wsgi:application",
        "wsgi",
        host,
        port,
        workers=processes,
        blocking_threads=int(os.environ.get("OKIENKO_WEB_THREADS", "4")),
        static_path_route=["/static"],
        static_path_mount=[static],
        static_path_expires=YEAR,  # names carry a hash of what is in the file
    )


def live(*, host: str, port: int) -> None:
    _serve("okienko.site.asgi:application", "asginl", host, port, workers=1)


def worker(*, concurrency: int) -> None:
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app, connector_params

    from okienko.base.time import now
    from okienko.kernel.messages.courier import Couriers

    os.nice(WORKER_NICE)
    # Each connection is a process of the server: one is kept, the others come and go with the work.
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=WORKER_CONNECTIONS)

    async def work() -> None:
        with app.replace_connector(connector) as working:
            async with working.open_async():
                await working.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=True,
                    shutdown_graceful_timeout=STOP_SECONDS,
                    update_heartbeat_interval=WORKER_HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                )

    couriers = Couriers(clock=now)
    couriers.start()
    try:
        asyncio.run(work())
    finally:
        couriers.stop(seconds=STOP_SECONDS)


def end_with_master() -> None:
    """A page process whose master was killed would go on holding the port: end it at once."""
    if sys.platform == "linux":
        from okienko.site.privileges import die_with_parent

        die_with_parent(signal.SIGKILL)
