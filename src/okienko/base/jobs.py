"""A job for later, as a row in the transaction of the caller: it goes when the transaction goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


def defer(name: str, *, queue: str = "default", at: datetime | None = None, **args: Any) -> None:
    """Inside a worker the app's own connector has a connection of its own, outside every transaction; so it is
    not asked.
    """
    manager = JobManager(DjangoConnector())
    configure_task(name=name, job_manager=manager, queue=queue, schedule_at=at).defer(**args)
