from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.text import sort_key
from okienko.features.faults.models import Category, Report
from okienko.features.faults.reactions import tell_of_registration
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.documents import actions as documents
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person


@transaction.atomic
def add_category(*, by: Actor, at: datetime, code: str, shortcut: str, name: str, **details: Any) -> Category:
    demand(by, "faults.categories")
    if Category.objects.filter(shortcut=shortcut).exists():
        raise Refused(
            _("Another category already has these two letters."), code="shortcut-taken", field="shortcut"
        )
    category = Category.objects.create(
        code=code, shortcut=shortcut, name=name, sort_key=sort_key(name), **details
    )
    record(category, "category.added", by=by, at=at, after={"name": name})
    return category


@transaction.atomic
def report_fault(
    *,
    by: Actor,
    at: datetime,
    channel: str,
    category: Category,
    place: str,
    description: str,
    attachments: Sequence[UploadedFile[Any]] = (),
    requester: Person | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    language: str = "pl",
    **contact: Any,
) -> Case:
    """A report comes in by any channel. What is not handled here is told before, and not registered."""
    if category.handled_elsewhere:
        raise Refused(category.handled_elsewhere, code="handled-elsewhere", field="category")
    case = cases.register(
        PROCEDURE,
        by=by,
        at=at,
        channel=channel,
        subject=f"{category.name}: {place}"[:250],
        description=description,
        kind=category.code,
        requester=requester,
        **contact,
    )
    report = Report.objects.create(
        case=case, category=category, place=place, latitude=latitude, longitude=longitude, language=language
    )
    documents.attach_all(case, attachments, by=by, at=at)
    record(case, "fault.placed", by=by, at=at, after={"category": category.name, "place": place})
    tell_of_registration(report, at)
    return case
