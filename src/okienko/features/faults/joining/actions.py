from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused, Stale
from okienko.features.faults.joining import queries
from okienko.features.faults.joining.applying import apply
from okienko.features.faults.joining.models import Joining, Submission
from okienko.features.faults.joining.rules import DAYS_BEFORE, in_time
from okienko.features.faults.joining.sheets import PEOPLE, QUESTIONS, SHEETS, workbook
from okienko.kernel.documents import actions as documents
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic, refusal_of
from okienko.kernel.people.access import demand
from okienko.kernel.people.organisation.applying import LOCK
from okienko.kernel.people.organisation.comparing import Difference, compare
from okienko.kernel.people.organisation.reading import Wrong, read
from okienko.kernel.people.organisation.sheets import Content, Row
from okienko.kernel.units.models import Unit


@atomic
def join(
    unit: Unit, *, by: Actor, at: datetime, asked_by: str, agreed_on: date, starts_on: date,
    agreement: Sequence[UploadedFile[Any]] = (),
) -> Joining:  # fmt: skip
    demand(by, "faults.join", unit=unit)
    if starts_on < agreed_on:
        raise Refused(
            _("The unit cannot start before the agreement."), code="start-before-agreement", field="starts_on"
        )
    if Joining.objects.filter(unit=unit, ended_on__isnull=True).exists():
        raise Refused(_("This unit has joined already."), code="joined-already", field="unit")
    made = Joining.objects.create(unit=unit, asked_by=asked_by, agreed_on=agreed_on, starts_on=starts_on)
    told = {"unit": unit.symbol, "asked_by": asked_by, "agreed_on": agreed_on, "starts_on": starts_on}
    record(made, "joining.asked", by=by, at=at, after=told)
    documents.attach_all(made, agreement, by=by, at=at)
    return made


@atomic
def change_joining(joining_id: int, *, by: Actor, at: datetime, version: int, **values: Any) -> Joining:
    """Its dates are corrected, or the agreement ends."""
    joining = Joining.objects.select_for_update(of=("self",)).select_related("unit").get(pk=joining_id)
    demand(by, "faults.join", unit=joining.unit)
    changes.check_version(joining, version)
    agreement = values.pop("agreement", ())
    before, after = changes.apply(joining, values)
    if joining.starts_on < joining.agreed_on:
        raise Refused(
            _("The unit cannot start before the agreement."), code="start-before-agreement", field="starts_on"
        )
    if joining.ended_on is not None and joining.ended_on < joining.agreed_on:
        raise Refused(_("It cannot end before it was agreed."), code="end-before-agreement", field="ended_on")
    documents.attach_all(joining, agreement, by=by, at=at)
    if after:
        joining.version += 1
        joining.save()
        record(joining, "joining.changed", by=by, at=at, before=before, after=after)
    return joining


def compared(submission: Submission, at: datetime) -> tuple[Content, list[Wrong], list[Difference]]:
    """What the file says, what is wrong in it, and exactly what it would add, change and take away."""
    unit = submission.joining.unit
    known = queries.known(unit)
    file, wrong = read(submission.name, bytes(submission.content), known.form())
    for row in file.get(PEOPLE, {}).values():
        row["group_name"] = row["group_name"] or known.name_of(row["group"])
    now = queries.in_force(unit, at, _named(file))
    return file, wrong, compare(now, file, SHEETS)


def _named(file: Content) -> set[str]:
    return {row["category"] for row in file.get(QUESTIONS, {}).values()}


@atomic
def bring(
    joining_id: int, name: str, data: bytes, *, by: Actor, at: datetime, exception: str = ""
) -> Submission:
    """Nothing changes yet. The first file comes in time, or whoever agrees to it says why not."""
    joining = Joining.objects.select_for_update(of=("self",)).select_related("unit").get(pk=joining_id)
    demand(by, "faults.join", unit=joining.unit)
    if by.person_id is None:
        raise Missing
    if joining.ended_on is not None:
        raise Refused(_("The agreement with this unit has ended."), code="agreement-ended", field="file")
    late = not queries.has_begun(joining) and not in_time(timezone.localtime(at).date(), joining.starts_on)
    if late and exception:
        demand(by, "faults.agree")
    elif late:
        words = _(
            "The data must come at least %(days)d days before the unit starts. Choose a later start, or ask the "
            "super-overseer to bring the file with a reason."
        )
        raise Refused(words % {"days": DAYS_BEFORE}, code="too-late", field="file")
    file, _wrong = read(name, data, queries.known(joining.unit).form())
    made = Submission.objects.create(
        joining=joining, name=name[:255], content=data, digest=queries.state_of(joining.unit, at, _named(file)),
        exception=exception if late else "", brought_at=at, brought_by_id=by.person_id,
    )  # fmt: skip
    told = {"name": made.name, **({"exception": made.exception} if made.exception else {})}
    record(joining, "joining.file_brought", by=by, at=at, after=told)
    return made


@atomic
def bring_rows(
    joining_id: int, rows: Mapping[str, Sequence[Row]], *, by: Actor, at: datetime, exception: str = "",
    name: str = "przystapienie.xlsx",
) -> Submission:  # fmt: skip
    """The fixed form filled in for whoever has rows instead; of sheets without any, what is in force now."""
    unit = queries.joining_by_key(joining_id).unit
    given: Content = {
        sheet: {(str(number),): row for number, row in enumerate(told)} for sheet, told in rows.items()
    }
    named = {row["category"] for row in rows.get(QUESTIONS, ())}
    data = workbook(queries.known(unit), queries.in_force(unit, at, named) | given, ())
    return bring(joining_id, name, data, by=by, at=at, exception=exception)


def _undecided(submission_id: int, by: Actor) -> Submission:
    demand(by, "faults.agree")
    if by.person_id is None:
        raise Missing
    locked = Submission.objects.select_for_update(of=("self",)).select_related("joining__unit")
    found = locked.filter(pk=submission_id).first()
    if found is None:
        raise Missing
    if found.decided_at is not None:
        raise Refused(_("This has been decided already."), code="decided-already")
    return found


@atomic
def agree(submission_id: int, *, by: Actor, at: datetime) -> list[Difference]:
    """Applied whole or not at all, to exactly what it was compared with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    submission = _undecided(submission_id, by)
    file, wrong, differences = compared(submission, at)
    joining = submission.joining
    if queries.state_of(joining.unit, at, _named(file)) != submission.digest:
        raise Stale(_("The unit has changed since this list was made. Bring the file once more."))
    if wrong:
        raise Refused(_("There is something to correct in the file."), code="wrong-cells")
    apply(joining, file, differences, by=by, at=at)
    submission.decided_at, submission.decided_by_id, submission.agreed = at, by.person_id, True
    submission.save()
    counts = {
        f"rows_{what}": sum(one.what == what for one in differences)
        for what in ("added", "changed", "removed")
    }
    record(joining, "joining.agreed", by=by, at=at, after={"name": submission.name, **counts})
    return differences


@atomic
def trial(submission_id: int, *, by: Actor, at: datetime) -> Refused | None:
    return refusal_of(lambda: agree(submission_id, by=by, at=at))


@atomic
def refuse(submission_id: int, reason: str, *, by: Actor, at: datetime) -> Submission:
    submission = _undecided(submission_id, by)
    submission.decided_at, submission.decided_by_id, submission.agreed = at, by.person_id, False
    submission.reason = reason
    submission.save()
    record(submission.joining, "joining.refused", by=by, at=at, after={"name": submission.name}, note=reason)
    return submission
