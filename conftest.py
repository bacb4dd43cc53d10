"""One embedded PostgreSQL for the whole test run, closed doors, and a record of what was shown.

`OKIENKO_TEST_DATABASE_URL` points the tests at another server (its role must be allowed to create databases).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Generator, Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

from okienko.site.postgres import EmbeddedPostgres

PREFIX = "okienko-tests-"
SHOWN = "okienko/requirements"
LOOPBACK_NAMES = {"localhost", "ip6-localhost", ""}

_ending = contextlib.ExitStack()


# --- A server and a data folder of this run alone -----------------------------------------------------------


def _sweep() -> None:
    """Remove what earlier runs that were killed have left: nobody holds their locks."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / "run.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _prepare() -> None:
    # Workers of xdist are started by this process and inherit what it sets.
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    _sweep()
    data = Path(tempfile.mkdtemp(prefix=PREFIX))
    _ending.callback(shutil.rmtree, data, ignore_errors=True)
    lock = _ending.enter_context((data / "run.lock").open("ab"))
    fcntl.flock(lock, fcntl.LOCK_SH)
    address = os.environ.get("OKIENKO_TEST_DATABASE_URL")
    if not address:
        server = EmbeddedPostgres(data, durable=False)
        address = server.start(with_parent=True)
        _ending.callback(server.stop)
    os.environ |= {"OKIENKO_DATABASE_URL": address, "OKIENKO_DATA": str(data), "OKIENKO_MODE": "test"}


_prepare()
os.environ["DJANGO_SETTINGS_MODULE"] = "okienko.site.settings"
django.setup()  # only now: the settings read what has just been prepared


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _ending.close()


# What has landed is tested by the same examples every time; who develops meets new ones at each run.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    hypothesis.settings.load_profile("ci")


# --- Nothing leaves this machine ----------------------------------------------------------------------------

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _refuse_outside(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    with contextlib.suppress(ValueError):
        if ip_address(host).is_loopback:
            return
    if host not in LOOPBACK_NAMES:
        pytest.fail(f"a test tried to reach {host}; only this machine may be reached")


def _guarded_connect(sock: socket.socket, address: Any) -> None:
    _refuse_outside(sock, address)
    _connect(sock, address)


def _guarded_connect_ex(sock: socket.socket, address: Any) -> int:
    _refuse_outside(sock, address)
    return _connect_ex(sock, address)


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect)
        patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
        yield


# --- Which requirement is shown by which passing test -------------------------------------------------------


def _requirements(item: pytest.Item) -> list[str]:
    return sorted({str(name) for mark in item.iter_markers("req") for name in mark.args})


class Record:
    """Keeps, for every test with a `req` mark, its requirements and whether it passed when it ran last."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.outcomes: dict[str, bool] = {}
        self.marks: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        marks = [str(name) for key, name in report.user_properties if key == "req"]
        if marks:
            self.marks[report.nodeid] = marks
            passed = self.outcomes.get(report.nodeid, True)
            self.outcomes[report.nodeid] = passed and report.passed

    def pytest_sessionfinish(self) -> None:
        # Nothing is kept where pytest runs without its cache.
        cache = getattr(self.config, "cache", None)
        if not self.outcomes or cache is None:
            return
        known: dict[str, dict[str, Any]] = cache.get(SHOWN, {})
        known |= {test: {"req": self.marks[test], "passed": ok} for test, ok in self.outcomes.items()}
        cache.set(SHOWN, known)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "req(*ids): requirement lines that this test shows")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Record(config), "okienko-requirements")


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        # user_properties travel with the report from an xdist worker to the process that writes the record.
        item.user_properties.extend(("req", name) for name in _requirements(item))


# --- CI skips nothing ---------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.outcome == "skipped" and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = (
            f"{report.nodeid} was skipped as a whole, which CI does not allow: {report.longrepr}"
        )
    return report
