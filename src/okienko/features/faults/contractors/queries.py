from __future__ import annotations

from django.db.models import QuerySet

from okienko.base.decisions import Missing
from okienko.features.faults.models import Firm, Order
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of as documents_of


def firms() -> QuerySet[Firm]:
    return Firm.objects.all()


def firm_by_id(firm_id: int) -> Firm:
    found = Firm.objects.filter(pk=firm_id).first()
    if found is None:
        raise Missing
    return found


def firm_named(name: str) -> Firm | None:
    return Firm.objects.filter(name=name).first()


def order_by_key(key: str) -> Order:
    """For the firm that holds the link: the key is the permission. A link that was withdrawn leads nowhere."""
    orders = Order.objects.select_related("report__case", "report__category", "report__area", "firm")
    found = orders.exclude(state=Order.State.REVOKED).filter(key=key).first()
    if found is None:
        raise Missing
    return found


def shown_to_firm(order: Order) -> list[Document]:
    return [one for one in documents_of(order.report.case).filter(pk__in=order.files) if one.is_picture]
