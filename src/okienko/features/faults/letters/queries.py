from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing
from okienko.features.faults.actions.reports import where_is
from okienko.features.faults.letters import rules
from okienko.features.faults.letters.models import Letter
from okienko.features.faults.letters.rules import Paper
from okienko.features.faults.models import Report, Source
from okienko.features.faults.queries import report_of
from okienko.features.faults.rules import PROCEDURE
from okienko.features.faults.sentences import LABELS
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import may_take
from okienko.kernel.cases.rules import Step
from okienko.kernel.history.queries import entries_of
from okienko.kernel.people.access import Someone
from okienko.kernel.units.models import Unit
from okienko.kernel.units.queries import entity_of

LANGUAGE = "pl"  # what an office writes to another body


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a report last left the city hall: by which step, and to whom."""

    step: Step
    addressee: str
    entity: Unit | None
    papers: tuple[Paper, ...]


def letters_of(report: Report) -> QuerySet[Letter]:
    """For pages that show the report already."""
    return Letter.objects.filter(report=report).select_related("document", "printed_by")


def letter_of(report: Report, letter_id: int) -> Letter:
    found = letters_of(report).filter(pk=letter_id).first()
    if found is None:
        raise Missing
    return found


def leaving(case: Case) -> Leaving | None:
    """None while it never left, or lies with a department of the city hall itself."""
    kinds = {f"{PROCEDURE.code}.{code}": code for code in rules.LEAVING}
    entry = entries_of(case).filter(kind__in=kinds).last()
    if entry is None:
        return None
    row = PROCEDURE.row(kinds[entry.kind])
    entity = entity_of(case.unit) if row.code in rules.PASSED_ON and case.unit else None
    papers = rules.papers(
        row.code, state=case.state, to_entity=entity is not None, was_sent=Source.objects.filter(report=case.pk).exists()
    )  # fmt: skip
    if not papers:
        return None
    body = entity.name if entity else str((entry.after or {}).get("body", ""))
    return Leaving(row, body, entity, papers)


def printable(case: Case, person: Someone) -> Leaving | None:
    """Whoever may take the step by which a report leaves may write what goes with it."""
    found = None if case.forgotten else leaving(case)
    return found if found is not None and may_take(case, found.step, person) else None


def data_of(case: Case, found: Leaving) -> dict[str, Any]:
    """What the texts of letters may say. Nothing here names the reporter."""
    report = report_of(case)
    source = Source.objects.filter(report=report).first()
    with translation.override(LANGUAGE):
        return {
            "number": case.spoken_number,
            "rpw": report.rpw or "–",
            "addressee": found.addressee,
            "category": report.category.name,
            "what": case.subject,
            "place": where_is(report),
            "description": _of_which_part(report, case.description),
            "received": timezone.localtime(case.received_at).date(),
            "channel": str(case.get_channel_display()),
            "message": "\n".join(f"{LABELS.get(name, name)}: {said}" for name, said in source.told) if source else "",
            "basis": f"{rules.in_law(found.step.basis)} ({PROCEDURE.source})",
        }  # fmt: skip


def _of_which_part(report: Report, text: str) -> str:
    """Who gets one of several events reads of all of them, as the reporter wrote, and which one is theirs."""
    which = _("This letter is about this part")
    return f"{text}\n\n{which}: {report.covers}" if report.covers else text


def example(case: Case) -> Mapping[str, Any]:
    """A real report for the preview of a text; nothing of one that never left the city hall."""
    found = leaving(case) if case.procedure == PROCEDURE.code else None
    return data_of(case, found) if found else {}


def next_version(report: Report, paper: Paper) -> int:
    last = Letter.objects.filter(report=report, kind=paper).order_by("version").last()
    return last.version + 1 if last else 1
