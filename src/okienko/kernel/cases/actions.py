from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from okienko.base import numbers
from okienko.base.decisions import Denied, Missing, Refused, Stale
from okienko.base.events import publish
from okienko.base.time import day_of
from okienko.kernel.cases import clocks, queries, rules
from okienko.kernel.cases.events import CaseMerged, CaseRegistered, CaseSplit, StepTaken
from okienko.kernel.cases.holders import holder_of, pass_on
from okienko.kernel.cases.models import Case, Link, SavedView, Sight
from okienko.kernel.cases.sentences import REFUSALS, refusal
from okienko.kernel.cases.words import add_marks, first_words, index_words
from okienko.kernel.documents import actions as documents
from okienko.kernel.documents.models import Document
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.statements import insert, prepared
from okienko.kernel.history.transactions import atomic
from okienko.kernel.history.writing import begin_chain
from okienko.kernel.people.access import demand, may
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group, Unit

LONGEST_VIEW = 2000
CONTACT = ("contact_name", "contact_email", "contact_phone", "wants_answer")


def _person_of(by: Actor) -> Person | None:
    """The one whose roles count; none for the system, which may do what it is built for."""
    if by.person_id is None:
        if by.channel in ("system", "command"):
            return None
        raise Missing
    person = Person.objects.filter(pk=by.person_id).first()
    if person is None:
        raise Missing
    person.token_scopes = by.scopes
    return person


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
    sights = _sights(case, at)
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


def _sights(case: Case, at: datetime) -> list[Sight]:
    sights: list[Sight] = []
    if case.unit_id is not None:
        sights.append(Sight(case=case, unit_id=case.unit_id, since=at))
    if case.group_id is not None:
        sights.append(Sight(case=case, group_id=case.group_id, since=at))
    return sights


def _add_sights(case: Case, sights: list[Sight]) -> None:
    if sights:
        Sight.objects.bulk_create(sights, ignore_conflicts=True)
        add_marks(case, sights)


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
    person = _person_of(by)
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
    _changed(case, at)
    _add_sights(case, _sights(case, at))
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


def _changed(case: Case, at: datetime) -> None:
    case.version += 1
    case.changed_at = at
    case.save()


@atomic
def change_details(case_id: int, *, by: Actor, at: datetime, version: int, **values: Any) -> Case:
    person = _person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    demand(by, case.table.register_permission)
    case.refuse_forgotten()
    changes.check_version(case, version)
    before, after = changes.apply(case, values)
    if not after:
        return case
    _changed(case, at)
    index_words(case)
    record(case, f"{case.procedure}.changed", by=by, at=at, before=before, after=after)
    return case


def _demand_work(case: Case, person: Person | None) -> None:
    if person is not None and not queries.may_work(case, person):
        raise Missing


@atomic
def add_files(case_id: int, files: Sequence[UploadedFile[Any]], *, by: Actor, at: datetime) -> list[Document]:
    """By whoever works on it or brought it in: to see a case is not to add to it."""
    person = _person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    if person is None or case.requester_id != person.pk:
        _demand_work(case, person)
    case.refuse_forgotten()
    return documents.attach_all(case, files, by=by, at=at)


@atomic
def assign(case_id: int, to: Person | None, *, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Give the case to a person of the group that holds it, or back to the whole group."""
    person = _person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    if version is not None:
        changes.check_version(case, version)
    _demand_work(case, person)
    if to is not None and not queries.visible_to(to).filter(pk=case.pk).exists():
        raise Refused(_("This person cannot see the case."), code="cannot-see", field="person")
    before = holder_of(case)
    case.person = to
    _changed(case, at)
    record(case, f"{case.procedure}.assigned", by=by, at=at, before=before, after=holder_of(case))
    return case


@atomic
def assign_many(
    cases: QuerySet[Case],
    to: Person | None,
    *,
    by: Actor,
    at: datetime,
    seen: Mapping[int, int] | None = None,
) -> int:
    """Many at once, all or none; where it is told which versions were seen, all must still be there as they were."""
    versions = dict(cases.order_by("id").values_list("id", "version"))
    if seen is not None and seen != versions:
        raise Stale(_("Some of these cases have changed in the meantime. Look at what is chosen now."))
    for case_id in versions:
        assign(case_id, to, by=by, at=at, version=None if seen is None else seen[case_id])
    return len(versions)


@atomic
def hand_over_all(person: Person, to: Person, *, by: Actor, at: datetime) -> int:
    """All or none: nothing goes to somebody who could not see it."""
    cases = list(Case.objects.select_for_update(of=("self",)).filter(person=person, open=True).order_by("id"))
    seen = queries.visible_to(to).filter(pk__in=[case.pk for case in cases]).count()
    if seen < len(cases):
        words = _("This person cannot see all of the cases. Give them a role where the cases lie first.")
        raise Refused(words, code="cannot-see", field="to")
    for case in cases:
        before = holder_of(case)
        case.person = to
        _changed(case, at)
        record(case, f"{case.procedure}.handed_over", by=by, at=at, before=before, after=holder_of(case))
    return len(cases)


@atomic
def link(source_id: int, target_id: int, kind: str, *, by: Actor, at: datetime, note: str = "") -> Link:
    person = _person_of(by)
    ends = {pk: queries.lock(pk, visible_to_person=person) for pk in sorted({source_id, target_id})}
    _demand_work(ends[source_id], person)
    if len(ends) < 2:
        raise Refused(_("A case cannot be linked to itself."), code="linked-to-itself", field="number")
    for end in ends.values():
        end.refuse_forgotten()
    made, new = Link.objects.get_or_create(
        source=ends[source_id], target=ends[target_id], kind=kind, defaults={"note": note}
    )
    if not new:
        raise Refused(_("These cases are already linked."), code="linked-already", field="number")
    for end in ends.values():
        record(end, "case.linked", by=by, at=at, after={"kind": kind}, note=note)
    return made


@atomic
def merge(duplicate_id: int, into_id: int, *, by: Actor, at: datetime, note: str = "") -> Case:
    """The duplicate ends and points at the one that goes on; whoever follows it is told of the other."""
    person = _person_of(by)
    ends = {pk: queries.lock(pk, visible_to_person=person) for pk in sorted({duplicate_id, into_id})}
    duplicate, into = ends[duplicate_id], ends[into_id]
    demand(by, duplicate.table.register_permission)
    if len(ends) < 2:
        raise Refused(_("A case cannot be merged with itself."), code="merged-with-itself", field="number")
    if duplicate.procedure != into.procedure:
        raise Refused(_("Only cases of one kind can be merged."), code="other-procedure", field="number")
    if not duplicate.open or duplicate.merged_into_id or into.merged_into_id:
        raise Refused(_("One of these cases has already ended."), code="ended-already", field="number")
    into.refuse_forgotten()
    duplicate.merged_into = into
    duplicate.open, duplicate.closed_at = False, at
    clocks.cancel_all(duplicate, by=by, at=at)
    _changed(duplicate, at)
    Link.objects.get_or_create(
        source=duplicate, target=into, kind=Link.Kind.DUPLICATE, defaults={"note": note}
    )
    inherited = [
        Sight(case=into, unit_id=sight.unit_id, group_id=sight.group_id, since=at)
        for sight in duplicate.sights.all()
    ]
    _add_sights(into, inherited)
    record(duplicate, "case.merged", by=by, at=at, note=note)
    record(into, "case.absorbed", by=by, at=at, note=note)
    publish(CaseMerged(duplicate.pk, into.pk, at))
    return into


@atomic
def split(case_id: int, *, by: Actor, at: datetime, subject: str, note: str = "") -> Case:
    """A part becomes a case of its own; it came when the whole came, and both know each other."""
    person = _person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    demand(by, case.table.register_permission)
    if not case.open:
        raise Refused(_("This case has already ended."), code="ended-already")
    part = register(
        case.table,
        by=by,
        at=at,
        channel=case.channel,
        subject=subject,
        received_at=case.received_at,
        requester=case.requester,
        description=case.description,
        kind=case.kind,
        **{name: getattr(case, name) for name in CONTACT},
    )
    Link.objects.create(source=part, target=case, kind=Link.Kind.PART, note=note)
    record(case, "case.split", by=by, at=at, note=note)
    publish(CaseSplit(case.pk, part.pk, at))
    return part


@atomic
def save_view(
    owner: Person, list_code: str, name: str, query: str, *, shared: bool, by: Actor, at: datetime
) -> SavedView:
    if len(query) > LONGEST_VIEW:
        raise Refused(_("This view asks for too much to be kept."), code="view-too-long", field="query")
    view, _new = SavedView.objects.update_or_create(
        owner=owner, list_code=list_code, name=name, defaults={"query": query, "shared": shared}
    )
    record(view, "view.saved", by=by, at=at, after={"name": name, "query": query, "shared": shared})
    return view


@atomic
def forget_view(view: SavedView, *, by: Actor, at: datetime) -> None:
    record(view, "view.removed", by=by, at=at, before={"name": view.name, "query": view.query})
    view.delete()


@atomic
def forget_people(case: Case, *, by: Actor, at: datetime) -> None:
    """What the case says of people goes, its words for search with it; what is counted stays."""
    case.contact_name = case.contact_email = case.contact_phone = case.description = ""
    case.subject = _("(removed)")
    case.requester, case.wants_answer = None, False
    case.follow_key = secrets.token_urlsafe(24)
    Link.objects.filter(Q(source=case) | Q(target=case)).update(note="")
    _changed(case, at)
    index_words(case)
    record(case, "case.people_forgotten", by=by, at=at)
