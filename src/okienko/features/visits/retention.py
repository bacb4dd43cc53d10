"""Who came is forgotten a year after the visit; that somebody came stays, for the numbers."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.models import Booking, Waiting
from okienko.kernel.consents.retention import RetentionRule
from okienko.kernel.history.actors import Actor


def _ended_before(moment: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(end__lt=moment, forgotten_at__isnull=True)


def _forget(booking: Booking, by: Actor, at: datetime) -> None:
    Booking.objects.filter(pk=booking.pk).update(
        name="", email="", phone="", why="", answers=[], network="", person=None, forgotten_at=at
    )


RULE = RetentionRule(
    code="visits",
    name=_("Booked visits, a year after the visit"),
    months=12,
    find_due=_ended_before,
    forget=_forget,
    describe=lambda booking: booking.spoken_number,
)


def _waited_until(moment: datetime) -> QuerySet[Waiting]:
    return Waiting.objects.filter(last_day__lt=moment.date(), forgotten_at__isnull=True)


def _forget_waiting(waiting: Waiting, by: Actor, at: datetime) -> None:
    Waiting.objects.filter(pk=waiting.pk).update(name="", email="", phone="", network="", forgotten_at=at)


WAITING_RULE = RetentionRule(
    code="visits-waiting",
    name=_("Who waited for an earlier time, a month after the last day that suited them"),
    months=1,
    find_due=_waited_until,
    forget=_forget_waiting,
    by_itself=True,
)
