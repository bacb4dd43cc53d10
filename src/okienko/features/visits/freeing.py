"""A time has become free: whoever waits for one hears of it soon after, by a job of the same transaction."""

from __future__ import annotations

from collections.abc import Iterable

from okienko.base.jobs import defer
from okienko.features.visits.models import Waiting

JOB = "okienko.features.visits.jobs.offer_what_is_free"


def time_is_free(resource_ids: Iterable[int]) -> None:
    waited_for = Waiting.objects.filter(
        state=Waiting.State.WAITING, service__handling__resource__in=list(resource_ids)
    )
    for service_id in waited_for.order_by("service_id").values_list("service_id", flat=True).distinct():
        defer(JOB, service_id=service_id)
