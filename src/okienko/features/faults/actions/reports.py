from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from okienko.base.decisions import Refused
from okienko.base.jobs import defer
from okienko.features.faults.models import Answer, Category, Report
from okienko.features.faults.places import register
from okienko.features.faults.places.queries import district_at
from okienko.features.faults.reactions import tell_of_registration
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.documents import actions as documents
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person


@transaction.atomic
def report_fault(
    *,
    by: Actor,
    at: datetime,
    channel: str,
    category: Category,
    description: str,
    place: str = "",
    street: str = "",
    house_number: str = "",
    cadastral_district: str = "",
    parcel: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    answers: Sequence[tuple[str, str]] = (),
    attachments: Sequence[UploadedFile[Any]] = (),
    requester: Person | None = None,
    language: str = "pl",
    rpw: str = "",
    token: str = "",
    **contact: Any,
) -> Case:
    """A report comes in by any channel. What is not handled here is told before, and not registered.

    `token` is of one sending: a report that comes in with it once more is the same report.
    """
    if token and (known := Report.objects.select_related("case").filter(token=token).first()) is not None:
        return known.case
    if category.handled_elsewhere:
        raise Refused(category.handled_elsewhere, code="handled-elsewhere", field="category")
    report = Report(
        category=category,
        place=place,
        street=street,
        house_number=house_number,
        cadastral_district=cadastral_district,
        parcel=parcel,
        latitude=latitude,
        longitude=longitude,
        language=language,
        rpw=rpw,
        token=token,
        public_text=description if category.release_text else "",
    )
    report.area = district_at(*report.position) if report.position else None
    case = cases.register(
        PROCEDURE,
        by=by,
        at=at,
        channel=channel,
        subject=f"{category.name}: {where_is(report)}"[:250],
        description=description,
        kind=category.code,
        requester=requester,
        **contact,
    )
    report.case = case
    report.save(force_insert=True)
    Answer.objects.bulk_create(
        Answer(report=report, position=position, asked=asked[:200], said=said[:500])
        for position, (asked, said) in enumerate(answers)
        if said
    )
    for photo in documents.attach_all(case, attachments, by=by, at=at):
        if category.release_photos and photo.is_picture:
            documents.publish_document(photo, public=True, subject=case, by=by, at=at)
    record(case, "fault.placed", by=by, at=at, after={"category": category.name, "place": where_is(report)})
    if register.is_on() and report.position:
        defer("okienko.features.faults.jobs.ask_register", case_id=case.pk)
    tell_of_registration(report, at)
    return case


def where_is(report: Report) -> str:
    """The shortest words for the place: its address, else what was said, else the district or the point."""
    point = ", ".join(f"{degrees:.5f}" for degrees in report.position or ())
    return report.address or report.place or (report.area.name if report.area else point)
