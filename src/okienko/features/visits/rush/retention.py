"""From where those in a line came is forgotten a month after; the numbers stay, and with them the check of the order."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.rush.models import Line
from okienko.kernel.consents.retention import RetentionRule
from okienko.kernel.history.actors import Actor


def _stood_before(moment: datetime) -> QuerySet[Line]:
    return Line.objects.filter(hour_at__lt=moment, forgotten_at__isnull=True)


def _forget(line: Line, by: Actor, at: datetime) -> None:
    line.networks.all().delete()
    line.places.update(key="")
    Line.objects.filter(pk=line.pk).update(forgotten_at=at)


RULE = RetentionRule(
    code="visits-lines",
    name=_("From where people stood in a line for new times, a month after"),
    months=1,
    find_due=_stood_before,
    forget=_forget,
    by_itself=True,
)
