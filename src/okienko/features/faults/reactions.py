from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from okienko.features.faults.models import Enquiry, Report
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.events import CaseMerged, CaseSplit, StepTaken
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.actions import Recipient, send
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import in_force_q, staff_with
from okienko.kernel.units.models import Group

BY = Actor.system("faults")


def tell_of_registration(report: Report, at: datetime) -> None:
    _tell_reporter(report, "fault.registered", f"fault:{report.case_id}:registered", at)


def tell_of_step(event: StepTaken) -> None:
    """The table says who is told; each step that was taken is told of once."""
    if event.procedure != PROCEDURE.code:
        return
    report = Report.objects.select_related("case__group").get(case_id=event.case_id)
    _keep_open(report)
    if not event.tells:
        return
    cause = f"fault:{event.case_id}:{report.case.version}"
    if "reporter" in event.tells:
        _tell_reporter(report, "fault.changed", cause, event.at)
    for person in _staff(report.case, event.tells, event.at):
        data = _data(report.case) | {"link": _address("cases:case", report.case.number)}
        send(
            "fault.passed",
            to=Recipient(person=person),
            subject=report.case,
            data=data,
            cause=cause,
            by=BY,
            at=event.at,
        )


def place_part(event: CaseSplit) -> None:
    """A part lies where the whole does until somebody says otherwise."""
    whole = Report.objects.filter(case_id=event.case_id).first()
    if whole is not None:
        whole.pk, whole.token = event.part_id, ""
        whole.save(force_insert=True)


def close_merged(event: CaseMerged) -> None:
    report = Report.objects.select_related("case").filter(case_id=event.case_id).first()
    if report is not None:
        _keep_open(report)


def _keep_open(report: Report) -> None:
    """The map asks the report itself, without its case."""
    if report.open != report.case.open:
        report.open = report.case.open
        report.save(update_fields=["open"])


def tell_of_enquiry(enquiry: Enquiry, at: datetime) -> None:
    case = enquiry.report.case
    people = _group_members(enquiry.group, at) if enquiry.group else staff_with("operator", at=at)
    for person in people:
        data = _data(case) | {"link": _address("cases:case", case.number)}
        cause = f"fault:{case.pk}:enquiry:{enquiry.pk}"
        send("fault.asked", to=Recipient(person=person), subject=case, data=data, cause=cause, by=BY, at=at)


def _tell_reporter(report: Report, notice: str, cause: str, at: datetime) -> None:
    case = report.case
    to = Recipient(
        email=case.contact_email,
        phone="" if case.contact_email else case.contact_phone,
        language=report.language,
    )
    data = _data(case) | {"link": _address("faults:follow", case.follow_key)}
    if notice == "fault.changed":
        with translation.override(to.reads):
            data["state"] = case.state_name
    send(notice, to=to, subject=case, data=data, cause=cause, by=BY, at=at)
    if notice == "fault.changed":
        _tell_joined(report, cause, at)


def _tell_joined(report: Report, cause: str, at: datetime) -> None:
    for one in report.joined.exclude(email="", phone=""):
        to = Recipient(email=one.email, phone="" if one.email else one.phone, language=one.language)
        data = _data(report.case) | {"link": _address("faults:public", report.case.number)}
        # What the reporter wrote as the place is nobody else's business.
        data["what"] = f"{report.category.name}: {report.address or report.area or ''}".strip(": ")
        with translation.override(to.reads):
            data["state"] = report.case.state_name
        send("fault.changed", to=to, subject=report.case, data=data, cause=f"{cause}:{one.pk}", by=BY, at=at)


def _data(case: Case) -> dict[str, str]:
    return {"number": case.spoken_number, "what": case.subject}


def _address(name: str, key: str) -> str:
    return f"{settings.PUBLIC_ADDRESS}{reverse(name, args=[key])}"


def _staff(case: Case, tells: tuple[str, ...], at: datetime) -> Iterator[Person]:
    if "group" in tells and case.group is not None:
        yield from _group_members(case.group, at)
    if "operators" in tells:
        yield from staff_with("operator", at=at)


def _group_members(group: Group, at: datetime) -> QuerySet[Person]:
    members = group.grants.filter(in_force_q(at)).values("person_id")
    return Person.objects.filter(is_active=True, pk__in=members)
