from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from okienko.base.decisions import Missing
from okienko.kernel.webhooks.models import Delivery, Endpoint


def endpoints() -> QuerySet[Endpoint]:
    """With `failed`, the number of deliveries that were given up."""
    failed = Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED))
    return Endpoint.objects.annotate(failed=failed)


def endpoint_by_id(endpoint_id: int) -> Endpoint:
    found = Endpoint.objects.filter(pk=endpoint_id).first()
    if found is None:
        raise Missing
    return found


def failed_deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.FAILED).select_related("endpoint")
