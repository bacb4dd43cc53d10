"""How a case comes in and goes from state to state."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base import numbers
from okienko.base.decisions import Denied, Missing, Refused
from okienko.base.events import publish
from okienko.base.time import day_of
from okienko.kernel.cases import clocks, queries, rules
from okienko.kernel.cases.acting import add_sights, mark_changed, person_of, sights_now
from okienko.kernel.cases.events import CaseRegistered, StepTaken
from okienko.kernel.cases.holders import holder_of, pass_on
from okienko.kernel.cases.models import Case, Sight
from okienko.kernel.cases.sentences import REFUSALS, refusal
from okienko.kernel.cases.words import first_words
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.statements import insert, prepared
from okienko.kernel.history.transactions import atomic
from okienko.kernel.history.writing import begin_chain
from okienko.kernel.people.access import demand, may
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group, Unit

CONTACT = ("contact_name", "contact_email", "contact_phone", "wants_answer")


@atomic
def register(
    table: rules.Procedure,
    *,
    by: Actor,
    at: datetime,
    channel: str,
    subject: str,
    received_at: datetime | None = None,
    unit: Unit | None = None,
    group: Group | None = None,
    requester: Person | None = None,
    found_by: str = "",
    **details: Any,
) -> Case:
    """It came in: it gets its number, its first state and its clocks. Residents register by the public forms.

    `found_by` are words that the feature keeps elsewhere, and by which the case is to be found as well.
    """
    if by.person_id is not None and requester is None:
        demand(by, table.register_permission)
    received_at = received_at or at
    if received_at > at:
        raise Refused(_("It cannot have come in the future."), code="received-in-future", field="received_at")
    pk, number = _next_number()
    case = Case(
        pk=pk,
        procedure=table.code,
        number=number,
        subject=subject,
        state=table.start,
        open=table.state(table.start).open,
        channel=channel,
        received_at=received_at,
        registered_at=at,
        changed_at=at,
        unit=unit or (group.unit if group else None),
        group=group,
        requester=requester,
        follow_key=secrets.token_urlsafe(24),
        **details,
    )
    begin_chain(case)
    clocks.start_those_from_receipt(case, by=by, at=at)
    sights = sights_now(case, at)
    case.words = first_words(case, found_by, sights)
    insert(case)
    del case.words  # the database has them; nobody is to write them back
    if sights:
        Sight.objects.bulk_create(sights)
    record(
        case,
        f"{table.code}.registered",
        by=by,
        at=at,
        happened_at=received_at,
        after={"number": case.number, "subject": subject, "channel": channel, "state": case.state},
    )
    publish(CaseRegistered(case.pk, case.number, table.code, at))
    return case


def _next_number() -> tuple[int, str]:
    """The key of its row, known before it is written, and the number that people know it by."""
    with prepared() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id')), nextval('case_number')")
        pk, number = cursor.fetchone()
    return pk, numbers.with_check_digit(number)


@atomic
def take_step(
    case_id: int,
    code: str,
    *,
    by: Actor,
    at: datetime,
    version: int | None = None,
    happened_at: datetime | None = None,
    **inputs: Any,
) -> Case:
    """The one door through which a case changes its state."""
    person = person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    row = _row(case, code)
    if person is not None and (row.by_system or not may(person, row.permission)):
        raise Missing
    if version is not None:
        changes.check_version(case, version)  # first: the case may have moved out of reach meanwhile
    if person is not None and not queries.may_take(case, row, person):
        raise Missing
    if happened_at is not None and happened_at > at:
        words = _("It cannot have happened in the future.")
        raise Refused(words, code="happened-in-future", field="happened_at")
    if case.merged_into_id is not None:
        raise Refused(_("This case has already ended."), code="ended-already")
    case.refuse_forgotten()
    demand_possible(case, row, inputs, at=happened_at or at)
    before = {"state": case.state, **holder_of(case)}
    if row.target is not None:
        _enter(case, row.target, at)
    pass_on(case, row, inputs, person)
    clocks.move(case, row, by=by, at=at, happened_at=happened_at)
    mark_changed(case, at)
    add_sights(case, sights_now(case, at))
    record(
        case,
        f"{case.procedure}.{code}",
        by=by,
        at=at,
        happened_at=happened_at,
        before=before,
        after={
            "state": case.state,
            **holder_of(case),
            **{name: _plain(value) for name, value in inputs.items()},
        },
    )
    publish(StepTaken(case.pk, case.procedure, code, row.tells, at))
    return case


def demand_possible(case: Case, row: rules.Step, inputs: Mapping[str, Any], *, at: datetime) -> None:
    """That the table allows the step from here with these inputs, at the time when it really happened."""
    decision = case.table.decide(row, case.state, inputs, case.facts, case.days(day_of(at)))
    if isinstance(decision, Denied):
        raise refusal(decision)


def _row(case: Case, code: str) -> rules.Step:
    try:
        return case.table.row(code)
    except Refused as refused:
        raise Refused(REFUSALS[refused.code], code=refused.code) from refused


def _plain(value: Any) -> Any:
    if isinstance(value, Group | Unit):
        return value.symbol
    if isinstance(value, Person):
        return value.name
    return value


def _enter(case: Case, state: str, at: datetime) -> None:
    case.state = state
    case.open = case.table.state(state).open
    case.closed_at = None if case.open else at
