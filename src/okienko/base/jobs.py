"""A job for later, as a row in the transaction of the caller: it goes when the transaction goes. A job over many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

T = TypeVar("T")


def defer(name: str, *, queue: str = "default", at: datetime | None = None, **args: Any) -> None:
    """Inside a worker the app's own connector has a connection of its own, outside every transaction; so it is
    not asked.
    """
    manager = JobManager(DjangoConnector())
    configure_task(name=name, job_manager=manager, queue=queue, schedule_at=at).defer(**args)


def for_each(those: Iterable[T], do: Callable[[T], Any]) -> None:
    """One after another: one that fails does not keep the others waiting, and is told of when they are done."""
    failed = []
    for one in those:
        try:
            do(one)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("some could not be done", failed)
