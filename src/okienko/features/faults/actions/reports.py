from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from okienko.base.decisions import Refused
from okienko.features.faults.listing import words_of
from okienko.features.faults.models import Answer, Category, Report, Source
from okienko.features.faults.places import register
from okienko.features.faults.places.queries import district_at
from okienko.features.faults.queries import report_sent_as
from okienko.features.faults.reactions import tell_of_registration
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.documents import actions as documents
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.statements import insert
from okienko.kernel.history.transactions import atomic
from okienko.kernel.history.writing import together
from okienko.kernel.people.models import Person

# What nobody of the office has read yet when it is registered.
SENT_IN = (Channel.PAGE, Channel.MAIL, Channel.API)


@atomic
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
    subject: str = "",
    **contact: Any,
) -> Case:
    """A report comes in by any channel. What is not handled here is told before, and not registered.

    `token` is of one sending: a report that comes in with it once more is the same report. Without one it is new.
    """
    if token and (known := report_sent_as(token)) is not None:
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
        token=token or secrets.token_urlsafe(24),
        public_text=description if category.release_text else "",
        place_released=category.release_place,
        waiting=by.person_id is None and channel in SENT_IN,
    )
    report.area = district_at(*report.position) if report.position else None
    with together():
        case = cases.register(
            PROCEDURE,
            by=by,
            at=at,
            channel=channel,
            subject=(subject or subject_of(report))[:250],
            description=description,
            kind=category.code,
            requester=requester,
            found_by=words_of(report),
            **contact,
        )
        report.case = case
        insert(report)
        kept = keep_answers(report, answers)
        if report.waiting:
            _keep_source(report, kept, at)
        record(
            case, "fault.placed", by=by, at=at, after={"category": category.name, "place": where_is(report)}
        )
        tell_of_registration(report, at)
    photos = documents.attach_all(case, attachments, by=by, at=at) if attachments else []
    for photo in photos:
        if category.release_photos and photo.is_picture:
            documents.publish_document(photo, public=True, subject=case, by=by, at=at)
    register.ask_aside(report)
    return case


def subject_of(report: Report) -> str:
    return f"{report.category.name}: {where_is(report)}"


def keep_answers(report: Report, answers: Iterable[tuple[str, str]]) -> list[Answer]:
    kept = [
        Answer(report=report, position=position, asked=asked[:200], said=said[:500])
        for position, (asked, said) in enumerate(answers)
        if said
    ]
    insert(*kept)
    return kept


def _keep_source(report: Report, answers: Iterable[Answer], at: datetime) -> None:
    """Operators will move these data to where they belong; what was sent stays beside them as it was."""
    case = report.case
    point = ", ".join(map(str, report.position or ()))
    told = {
        "category": report.category.name, "subject": case.subject, "street": report.street,
        "house_number": report.house_number, "place": report.place, "point": point, "description": case.description,
    }  # fmt: skip
    contact = {name: getattr(case, name) for name in ("contact_name", "contact_email", "contact_phone")}
    everything = [*_said(told), *([answer.asked, answer.said] for answer in answers)]
    insert(Source(report=report, came_at=at, told=everything, contact=_said(contact)))


def _said(told: dict[str, str]) -> list[list[str]]:
    return [[name, text] for name, text in told.items() if text]


def where_is(report: Report) -> str:
    """The shortest words for the place: its address, else what was said, else the district or the point."""
    point = ", ".join(f"{degrees:.5f}" for degrees in report.position or ())
    return report.address or report.place or (report.area.name if report.area else point)
