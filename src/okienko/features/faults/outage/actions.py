from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.faults.actions import report_fault
from okienko.features.faults.outage import printing, queries
from okienko.features.faults.outage.models import Entered, Outage, Pack, Told
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.documents import actions as documents
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.units.models import Unit


@atomic
def declare(
    *, by: Actor, at: datetime, began_at: datetime, reason: str, ended_at: datetime | None = None
) -> Outage:
    demand(by, "faults.outage")
    _refuse_future(began_at, "began_at", at)
    outage = Outage(
        began_at=began_at, reason=reason, declared_at=at, declared_by_id=by.person_id
    )  # fmt: skip
    _set_end(outage, ended_at, at)
    _save(outage)
    after = {"began_at": began_at, "ended_at": ended_at, "reason": reason}
    record(outage, "outage.declared", by=by, at=at, happened_at=began_at, after=after)
    return outage


def _refuse_future(moment: datetime, field: str, at: datetime) -> None:
    if moment > at:
        raise Refused(_("This moment has not come yet."), code="in-future", field=field)


def _set_end(outage: Outage, ended_at: datetime | None, at: datetime) -> None:
    if ended_at is not None:
        _refuse_future(ended_at, "ended_at", at)
        if ended_at <= outage.began_at:
            raise Refused(_("It would end before it began."), code="reversed", field="ended_at")
    outage.ended_at = ended_at


def _save(outage: Outage) -> None:
    try:
        with transaction.atomic():
            outage.save()
    except IntegrityError as error:
        words = _("Another outage in the book is of the same time.")
        raise Refused(words, code="outage-overlaps", field="began_at") from error


@atomic
def end(outage_id: int, *, by: Actor, at: datetime, ended_at: datetime) -> Outage:
    demand(by, "faults.outage")
    outage = queries.lock(outage_id)
    if outage.ended_at is not None:
        raise Refused(_("This outage has already ended."), code="ended-already")
    _set_end(outage, ended_at, at)
    outage.save()
    record(outage, "outage.ended", by=by, at=at, happened_at=ended_at, after={"ended_at": ended_at})
    return outage


@atomic
def tell(outage_id: int, *, by: Actor, at: datetime, who: str, told_at: datetime, how: str) -> Told:
    demand(by, "faults.outage")
    _refuse_future(told_at, "told_at", at)
    outage = queries.lock(outage_id)
    told = Told.objects.create(outage=outage, who=who, told_at=told_at, how=how)
    record(outage, "outage.told", by=by, at=at, happened_at=told_at, after={"who": who, "how": how})
    return told


@atomic
def close_entry(outage_id: int, *, by: Actor, at: datetime, reason: str) -> Outage:
    """What is on paper stays on paper: the director has decided so."""
    demand(by, "faults.outage")
    outage = queries.lock(outage_id)
    _refuse_closed(outage)
    outage.entry_closed_at, outage.entry_closed_reason = at, reason
    outage.save()
    record(outage, "outage.entry_closed", by=by, at=at, after={"reason": reason})
    return outage


def _refuse_closed(outage: Outage) -> None:
    if outage.entry_closed_at is not None:
        raise Refused(_("Nothing more is entered for this outage."), code="entry-closed")


@atomic
def enter(outage_id: int, *, by: Actor, at: datetime, received_at: datetime, **told: Any) -> Case:
    """A report from paper, with the time when it came: its deadline counts from then."""
    demand(by, "faults.outage")
    outage = queries.lock(outage_id)
    _refuse_closed(outage)
    _refuse_future(received_at, "received_at", at)
    if not outage.covers(received_at):
        raise Refused(_("The system worked at that time."), code="outside-outage", field="received_at")
    case = report_fault(by=by, at=at, received_at=received_at, **told | {"channel": Channel.PAPER})
    Entered.objects.create(case=case, outage=outage)
    record(outage, "outage.entered", by=by, at=at, happened_at=received_at, after={"number": case.number})
    return case


@atomic
def keep_open_work(unit: Unit, *, by: Actor, at: datetime) -> Pack:
    """The file of the night before gives way to the new one."""
    pack, _new = Pack.objects.select_for_update().update_or_create(unit=unit, defaults={"made_at": at})
    documents.forget_all(pack, by=by, at=at)
    content = printing.open_work(unit, queries.open_work(unit), at=at)
    documents.attach(pack, content, by=by, at=at, name=f"{unit.symbol}.pdf")
    record(pack, "outage.packed", by=by, at=at)
    return pack
