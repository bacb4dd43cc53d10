"""§ 27, 28 of the order: personal data live for six months, not counting the month of registration."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Answer, Enquiry, Joined, Order, Report, Source
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.actions import forget_people
from okienko.kernel.cases.models import Case
from okienko.kernel.consents.retention import RetentionRule
from okienko.kernel.history.actors import Actor


def _ended_before(moment: datetime) -> QuerySet[Case]:
    """Who reopens a report needs its data for as long again as after the first end."""
    ended = Case.objects.filter(procedure=PROCEDURE.code, open=False, registered_at__lt=moment)
    once = Q(report__times_reopened=0) | Q(closed_at__lt=moment)
    return ended.filter(once, report__forgotten_at__isnull=True)


def _forget(case: Case, by: Actor, at: datetime) -> None:
    Joined.objects.filter(report=case.pk).delete()
    Enquiry.objects.filter(report=case.pk).delete()
    Answer.objects.filter(report=case.pk).delete()
    Source.objects.filter(report=case.pk).delete()
    Order.objects.filter(report=case.pk).delete()
    Report.objects.filter(case=case).update(
        place="", street="", house_number="", cadastral_district="", parcel="", public_text="", covers="", delay_reason="",
        latitude=None, longitude=None,
        forgotten_at=at,
    )  # fmt: skip
    forget_people(case, by=by, at=at)


RULE = RetentionRule(
    code=PROCEDURE.code,
    name=_("Fault reports that have ended (§ 27, 28 of the order)"),
    months=6,
    whole_months=True,
    find_due=_ended_before,
    forget=_forget,
    describe=lambda case: case.spoken_number,
    permission="faults.remove",
)
