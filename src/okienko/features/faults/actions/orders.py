"""Work is given to a firm, which answers by a link of its own (§ 21(2)3-4)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.text import sort_key
from okienko.features.faults.models import Firm, Order, OrderNote
from okienko.features.faults.reactions import tell_firm, tell_of_work
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import lock, may_take
from okienko.kernel.documents import actions as documents
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person

# The firm may still answer for so long after the day for which the work was ordered.
LINK_OUTLIVES = timedelta(days=30)
LONGEST_NAME = 200


@atomic
def add_firm(name: str, *, by: Actor, at: datetime, email: str = "", phone: str = "") -> Firm:
    demand(by, "faults.execute")
    if len(name) > LONGEST_NAME:
        words = _("This is too long: at most %(limit)d characters.") % {"limit": LONGEST_NAME}
        raise Refused(words, code="name-too-long", field="name")
    if Firm.objects.filter(name=name).exists():
        raise Refused(_("This firm is in the register already."), code="firm-known", field="name")
    firm = Firm.objects.create(name=name, sort_key=sort_key(name), email=email, phone=phone)
    record(firm, "firm.added", by=by, at=at, after={"name": name})
    return firm


@atomic
def change_firm(firm_id: int, *, by: Actor, at: datetime, version: int, **values: Any) -> Firm:
    demand(by, "faults.execute")
    firm = Firm.objects.select_for_update().filter(pk=firm_id).first()
    if firm is None:
        raise Missing
    changes.check_version(firm, version)
    if Firm.objects.filter(name=values["name"]).exclude(pk=firm.pk).exists():
        raise Refused(_("This firm is in the register already."), code="firm-known", field="name")
    before, after = changes.apply(firm, {**values, "sort_key": sort_key(values["name"])})
    if after:
        firm.version += 1
        firm.save()
        record(firm, "firm.changed", by=by, at=at, before=before, after=after)
    return firm


@atomic
def order_work(
    case_id: int, firm: Firm | None, *, by: Actor, at: datetime, version: int, task: str, ordered: date, until: date,
    files: Sequence[int] = (), name: str = "", email: str = "",
) -> Order:  # fmt: skip
    """Without `firm` a new one of this name comes to the register. The link is there before the step is taken, so that
    the step makes none of its own."""
    case = lock(case_id, visible_to_person=None)
    changes.check_version(case, version)
    firm = firm or add_firm(name, by=by, at=at, email=email)
    step: dict[str, Any] = {"firm": firm.name, "ordered": ordered, "until": until}
    cases.demand_possible(case, case.table.row("order"), step, at=at)
    order = give_link(case_id, firm, by=by, at=at, task=task, ordered=ordered, until=until, files=files)
    cases.take_step(case_id, "order", by=by, at=at, version=version, **step)
    return order


@atomic
def give_link(
    case_id: int, firm: Firm, *, by: Actor, at: datetime, task: str, ordered: date, until: date, files: Sequence[int] = ()
) -> Order:  # fmt: skip
    """The firm is told of the work, with a link of its own in place of any before."""
    case = lock(case_id, visible_to_person=None)
    Order.objects.filter(report=case.pk, closed_at__isnull=True).update(closed_at=at)
    ends = timezone.make_aware(datetime.combine(until, time())) + LINK_OUTLIVES
    order = Order.objects.create(
        report_id=case.pk, firm=firm, key=secrets.token_urlsafe(32), task=task, ordered_on=ordered, until=until,
        files=[one.pk for one in documents_of(case) if one.pk in set(files)],
        made_at=at, expires_at=max(ends, at + LINK_OUTLIVES),
    )  # fmt: skip
    record(case, "order.sent", by=by, at=at, after={"firm": firm.name, "task": task})
    tell_firm(order, at)
    return order


@atomic
def revoke_order(order_id: int, *, by: Actor, at: datetime, person: Person) -> Order:
    """The link does nothing from now on; the work stays ordered."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise Missing
    case = lock(order.report_id, visible_to_person=person)
    if not may_take(case, case.table.row("order"), person):
        raise Missing
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.closed_at is not None:
        raise Refused(_("This order has ended already."), code="order-ended")
    order.state, order.closed_at = Order.State.REVOKED, at
    order.save()
    record(case, "order.revoked", by=by, at=at, after={"firm": order.firm.name})
    return order


# --- By the link of the firm --------------------------------------------------------------------------------


def _held(key: str, at: datetime) -> tuple[Order, Case, Actor]:
    """The order of this link for changing, with the firm as who acts."""
    known = Order.objects.filter(key=key).first() if key else None
    if known is None:
        raise Missing
    case = lock(known.report_id, visible_to_person=None)
    order = Order.objects.select_for_update(of=("self",)).select_related("firm").get(pk=known.pk)
    if not (order.works(at) and case.open and case.state == "contractor"):
        raise Refused(_("This link has ended."), code="link-ended")
    return order, case, Actor(None, order.firm.name)


@atomic
def accept_order(key: str, *, at: datetime) -> Order:
    order, case, firm = _held(key, at)
    if order.state != Order.State.SENT:
        raise Refused(_("You have answered already."), code="order-answered")
    return _answered(order, case, Order.State.ACCEPTED, "order.accepted", "", by=firm, at=at)


@atomic
def refuse_order(key: str, reason: str, *, at: datetime) -> Order:
    order, case, firm = _held(key, at)
    if order.state not in (Order.State.SENT, Order.State.ACCEPTED):
        raise Refused(_("You have answered already."), code="order-answered")
    return _answered(order, case, Order.State.REFUSED, "order.refused", reason, by=firm, at=at)


@atomic
def note_work(key: str, words: str, photos: Sequence[UploadedFile[Any]], *, at: datetime) -> Order:
    order, case, firm = _held(key, at)
    _demand_taken_on(order)
    _keep(order, case, words, photos, by=firm, at=at)
    record(case, "order.noted", by=firm, at=at, note=words)
    return order


@atomic
def finish_work(key: str, words: str, photos: Sequence[UploadedFile[Any]], *, at: datetime) -> Order:
    """The firm says that it is done; whoever ordered it looks and decides."""
    order, case, firm = _held(key, at)
    _demand_taken_on(order)
    _keep(order, case, words, photos, by=firm, at=at)
    return _answered(order, case, Order.State.DONE, "order.done", words, by=firm, at=at)


def _demand_taken_on(order: Order) -> None:
    if order.state not in (Order.State.ACCEPTED, Order.State.DONE):
        raise Refused(_("Take the order on first."), code="order-not-taken")


def _keep(
    order: Order, case: Case, words: str, photos: Sequence[UploadedFile[Any]], *, by: Actor, at: datetime
) -> None:
    if not (words or photos):
        raise Refused(_("Write something or add a photo."), code="nothing-noted", field="words")
    documents.attach_all(case, photos, by=by, at=at)
    if words:
        OrderNote.objects.create(order=order, words=words, made_at=at)


def _answered(
    order: Order, case: Case, state: Order.State, kind: str, words: str, *, by: Actor, at: datetime
) -> Order:
    order.state, order.reason = state, words if state == Order.State.REFUSED else ""
    order.save()
    record(case, kind, by=by, at=at, note=words)
    tell_of_work(order, at)
    return order
