from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.faults.models import Answer, Enquiry, Joined, Order, Report, Source
from okienko.features.faults.queries import joined_already, outcome
from okienko.features.faults.rules import FINISH, FINISHED, PROCEDURE, RPW_FOR_ENTITY, TAKE_UP, TAKEN_UP
from okienko.kernel.calendars.models import Clock
from okienko.kernel.calendars.queries import clocks_of
from okienko.kernel.cases.events import CaseMerged, CaseSplit, StepTaken
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages.actions import Recipient, send
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.people.queries import in_force_q, staff_with
from okienko.kernel.units.models import Group, Unit
from okienko.kernel.units.queries import outside_the_office

BY = Actor.system("faults")
RETURNING = ("return-to-operator", "return-to-coordinator")
TIMES = ("times_returned", "times_rejected", "times_reopened")
CLOSING = {"accept-work": Order.State.APPROVED, "reject-work": Order.State.REJECTED}


def tell_of_registration(report: Report, at: datetime) -> None:
    _tell_reporter(report, "fault.registered", f"fault:{report.case_id}:registered", at)


def tell_of_step(event: StepTaken) -> None:
    """The table says who is told; each step that was taken is told of once."""
    if event.procedure != PROCEDURE.code:
        return
    report = Report.objects.select_related("case__group").get(case_id=event.case_id)
    _keep_open(report)
    if report.waiting:
        # Whoever moves it on has read it.
        report.waiting = False
        report.save(update_fields=["waiting"])
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


def keep_rpw(event: StepTaken) -> None:
    """The number under which the office's register knows it; a municipal entity gets no report without one."""
    if event.procedure != PROCEDURE.code:
        return
    report = Report.objects.select_related("case__unit").get(case_id=event.case_id)
    if given := _given(event).get("rpw"):
        report.rpw = given
        report.save(update_fields=["rpw"])
    unit, row = report.case.unit, PROCEDURE.row(event.step)
    if RPW_FOR_ENTITY in row.needs and not report.rpw and unit and outside_the_office(unit):
        words = _("%(unit)s is outside the city hall: enter the RPW number first.") % {"unit": unit}
        raise Refused(words, code="rpw-missing", field="rpw")


def keep_figures(event: StepTaken) -> None:
    """When it was first taken up, whether it ended in time, how often it was returned or reopened: for statistics."""
    if event.procedure != PROCEDURE.code:
        return
    report = Report.objects.select_related("case").get(case_id=event.case_id)
    if TAKEN_UP in PROCEDURE.row(event.step).clocks and report.taken_up_at is None:
        passed = clocks_of(report.case).filter(code=TAKE_UP, state=Clock.State.MET).last()
        if passed is not None:
            report.passed_at, report.taken_up_at = passed.started_at, event.at
    report.times_returned += event.step in RETURNING
    report.times_rejected += event.step == "reject-work"
    report.times_reopened += event.step == "reopen"
    if report.case.open:
        report.in_time = None
    else:
        clock = clocks_of(report.case).filter(code=FINISH, due_at__isnull=False).last()
        report.in_time = not clock.is_late(event.at) if clock and clock.state == Clock.State.MET else None
    report.save(update_fields=["passed_at", "taken_up_at", "in_time", *TIMES])


def place_part(event: CaseSplit) -> None:
    """A part lies where the whole does until somebody says otherwise; what was said and how it came goes with it."""
    whole = Report.objects.filter(case_id=event.case_id).first()
    if whole is None:
        return
    if whole.first_id is None:
        Report.objects.filter(pk=whole.pk).update(first=whole.pk)
        whole.first_id = whole.pk
    copies: list[Answer | Source] = [*whole.answers.all(), *Source.objects.filter(report=whole.pk)]
    whole.pk, whole.token, whole.covers, whole.waiting = event.part_id, "", "", False
    for times in TIMES:
        setattr(whole, times, 0)
    whole.passed_at = whole.taken_up_at = whole.in_time = None
    whole.reminded = Report.Reminded.NOT_YET
    whole.returns_on = whole.planned_on = None
    whole.delay_reason = ""
    whole.save(force_insert=True)
    for copy in copies:
        copy.report_id = event.part_id
        if isinstance(copy, Answer):
            copy.pk = None
        copy.save(force_insert=True)


def close_merged(event: CaseMerged) -> None:
    """Whoever reported the duplicate, or joined it, is told of the one that goes on, and who wanted an answer gets it."""
    report = Report.objects.select_related("case", "category", "area").filter(case_id=event.case_id).first()
    if report is None:
        return
    case, into = report.case, Report.objects.select_related("case").get(case_id=event.into_id)
    if case.answer_wanted and not into.case.open and "answer" not in outcome(into.case):
        words = _(
            "Whoever reported this wants an answer, and %(number)s has ended without one. Reopen it first."
        )
        told = {"number": into.case.spoken_number}
        raise Refused(words % told, code="answer-missing", field="number")
    _keep_open(report)
    _tell_reporter(report, "fault.changed", f"fault:{event.case_id}:merged", event.at)
    reporter = Joined(
        key=case.follow_key, person=case.requester, email=case.contact_email.lower(), phone=case.contact_phone,
        language=report.language, joined_at=event.at,
    )  # fmt: skip
    for one in (reporter, *report.joined.all()):
        if joined_already(into, one.key, one.person, one.email, one.phone):
            continue
        one.pk, one.report = None, into
        one.save(force_insert=True)
    record(into.case, "fault.joined", by=BY, at=event.at, after={"joined": into.joined.count()})


def _keep_open(report: Report) -> None:
    """The map asks the report itself, without its case."""
    if report.open != report.case.open:
        report.open = report.case.open
        report.waiting = report.waiting and report.open
        report.save(update_fields=["open", "waiting"])


def close_order(event: StepTaken) -> None:
    """The work is accepted or rejected: the link of the firm ends, and the firm is told."""
    if event.procedure != PROCEDURE.code or event.step not in CLOSING:
        return
    order = Order.objects.filter(report=event.case_id, closed_at__isnull=True).first()
    if order is None:
        return
    order.state, order.closed_at = CLOSING[event.step], event.at
    if order.state == Order.State.REJECTED:
        order.reason = _given(event).get("reason", "")
    order.save()
    tell_firm(order, event.at)


def keep_dates(event: StepTaken) -> None:
    """Until when it is suspended, and for when its end is planned instead: the report shows them."""
    if event.procedure != PROCEDURE.code:
        return
    report = Report.objects.get(case_id=event.case_id)
    if event.step == "suspend":
        report.returns_on = date.fromisoformat(_given(event)["until"])
    elif event.step == "delay":
        given = _given(event)
        report.planned_on, report.delay_reason = date.fromisoformat(given["planned"]), given["reason"]
    elif event.step == "reopen":
        report.planned_on, report.delay_reason, report.reminded = None, "", Report.Reminded.NOT_YET
    elif report.returns_on is not None:
        report.returns_on = None
    else:
        return
    report.save(update_fields=["returns_on", "planned_on", "delay_reason", "reminded"])


def refuse_what_cannot_be(event: StepTaken) -> None:
    """What the table cannot say: an executor ends nothing late without the reason of it (§ 18(2))."""
    if event.procedure != PROCEDURE.code:
        return
    row = PROCEDURE.row(event.step)
    report = Report.objects.select_related("case").get(case_id=event.case_id)
    if FINISHED in row.clocks and row.permission == "faults.execute" and not report.delay_reason:
        clock = clocks_of(report.case).filter(code=FINISH).last()
        if clock is not None and clock.is_late(event.at):
            words = _("It is late. First enter the reason and the planned date: “%(step)s”.")
            raise Refused(words % {"step": PROCEDURE.row("delay").name}, code="delay-not-given")


def _given(event: StepTaken) -> dict[str, Any]:
    """With what the step was taken, as the record has it."""
    case = Case.objects.get(pk=event.case_id)
    entry = entries_of(case).filter(kind=f"{event.procedure}.{event.step}").reverse().first()
    return (entry.after if entry else None) or {}


def tell_firm(order: Order, at: datetime) -> None:
    """Of new work with its link, and of how it was judged; never of who reported it."""
    case, firm = order.report.case, order.firm
    to = Recipient(email=firm.email, phone="" if firm.email else firm.phone)
    data: dict[str, Any] = {"number": case.spoken_number, "what": what_of(order)}
    if order.state == Order.State.SENT:
        notice = "fault.order"
        data |= {"until": order.until, "link": _address("faults:contractor", order.key)}
    elif order.state == Order.State.APPROVED:
        notice = "fault.order_accepted"
    else:
        notice = "fault.order_judged"
        with translation.override(to.reads):
            data |= {"verdict": order.get_state_display(), "reason": order.reason}
    cause = f"fault:order:{order.pk}:{order.state}"
    send(notice, to=to, subject=case, data=data, cause=cause, by=BY, at=at)


def what_of(order: Order) -> str:
    report = order.report
    return f"{report.category.name}: {report.address or report.area or ''}".strip(": ")


def tell_of_work(order: Order, at: datetime) -> None:
    case = order.report.case
    if case.group is None:
        return
    for person in _group_members(case.group, at):
        to = Recipient(person=person)
        data = _data(case) | {"firm": order.firm.name, "link": _address("cases:case", case.number)}
        with translation.override(to.reads):
            data["state"] = order.get_state_display()
        cause = f"fault:order:{order.pk}:{order.state}:{at.isoformat()}"
        send("fault.work", to=to, subject=case, data=data, cause=cause, by=BY, at=at)


def tell_of_enquiry(enquiry: Enquiry, at: datetime) -> None:
    case = enquiry.report.case
    people = _group_members(enquiry.group, at) if enquiry.group else staff_with("operator", at=at)
    for person in people:
        data = _data(case) | {"link": _address("cases:case", case.number)}
        cause = f"fault:{case.pk}:enquiry:{enquiry.pk}"
        send("fault.asked", to=Recipient(person=person), subject=case, data=data, cause=cause, by=BY, at=at)


def tell_of_deadline(case: Case, *, late: bool, at: datetime) -> None:
    """Once for each stage; when it is late, those who watch over the unit are told with the group."""
    told = [(person, "fault.late" if late else "fault.due_soon") for person in _holders(case, at)]
    if late:
        told += [(person, "fault.escalated") for person in _overseers(case.unit, at)]
    for person, notice in told:
        data = _data(case) | {"due": case.due_at, "link": _address("cases:case", case.number)}
        cause = f"fault:{case.pk}:{notice}:{case.report.times_reopened}"
        send(notice, to=Recipient(person=person), subject=case, data=data, cause=cause, by=BY, at=at)


def _holders(case: Case, at: datetime) -> QuerySet[Person]:
    return _group_members(case.group, at) if case.group else staff_with("operator", at=at)


def _overseers(unit: Unit | None, at: datetime) -> QuerySet[Person]:
    """Of the unit and of those above it; what lies with the operators is the super-overseers' business."""
    if unit is None:
        return staff_with("super-overseer", at=at)
    line = [int(key) for key in unit.path.strip("/").split("/")]
    grants = Grant.objects.filter(in_force_q(at), role="overseer", unit_id__in=line)
    return Person.objects.filter(is_active=True, pk__in=grants.values("person_id"))


def tell_of_parts(report: Report, at: datetime) -> None:
    """Only that there are several: the numbers stand on the reporter's page, and who handles one part does not see
    those of the others, nor the letters that name them."""
    _tell_reporter(report, "fault.split", f"fault:{report.case_id}:split:{report.case.version}", at)


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
            data["state"] = case.state_said
    send(notice, to=to, subject=case, data=data, cause=cause, by=BY, at=at)
    if notice == "fault.changed":
        _tell_joined(report, cause, at)


def _tell_joined(report: Report, cause: str, at: datetime) -> None:
    joined = report.joined.exclude(email="", phone="")
    # Who wanted an answer reads it on the page of their own report.
    wanting = Case.objects.filter(
        wants_answer=True, merged_into__isnull=False, follow_key__in=joined.values("key")
    )
    own_pages = set(wanting.values_list("follow_key", flat=True))
    for one in joined:
        to = Recipient(email=one.email, phone="" if one.email else one.phone, language=one.language)
        link = f"{_address('faults:public', report.case.number)}?ja={one.key}"
        if one.key in own_pages:
            link = _address("faults:follow", one.key)
        data = _data(report.case) | {"link": link}
        # What the reporter wrote as the place is nobody else's business.
        data["what"] = f"{report.category.name}: {report.public_address or report.area or ''}".strip(": ")
        with translation.override(to.reads):
            data["state"] = report.case.state_said
        send("fault.changed", to=to, subject=report.case, data=data, cause=f"{cause}:{one.pk}", by=BY, at=at)


def _data(case: Case) -> dict[str, Any]:
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
