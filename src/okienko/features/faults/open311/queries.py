"""What programs are told of: exactly what everybody may see of reports, and how it is called in GeoReport v2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import numbers
from okienko.features.faults.categories import current
from okienko.features.faults.models import Category, Question, Report
from okienko.features.faults.open311 import asking
from okienko.features.faults.public import queries as public
from okienko.features.faults.queries import categories
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of_many
from okienko.kernel.history.queries import entries_of_kinds

# Steps of which reporters are told; with each, whether the report is open after it.
_TOLD = {
    f"{PROCEDURE.code}.{row.code}": (row, row.target is None or PROCEDURE.state(row.target).open)
    for row in PROCEDURE.steps
    if "reporter" in row.tells
}


def services() -> QuerySet[Category]:
    """Kinds that can be reported: those that are handled elsewhere are not taken by programs either."""
    asked = Prefetch("questions", Question.objects.order_by("position"))
    taken = categories().filter(handled_elsewhere="", takes_mail=False)
    return taken.prefetch_related(asked, "parent__questions")


def service(code: str) -> Category:
    found = current.category(code)
    if found is None or found.handled_elsewhere or found.takes_mail:
        raise asking.Wrong(404, f"service_code: there is no {code}")
    return found


def questions(category: Category) -> list[Question]:
    above = list(category.parent.questions.all()) if category.parent else []
    return above + list(category.questions.all())


def as_service(category: Category) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": "; ".join(question.text for question in questions(category)),
        "metadata": bool(questions(category)),
        "type": "realtime",
        "keywords": "",
        "group": category.parent.name if category.parent else "",
    }


def as_definition(category: Category) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "attributes": [
            {
                "variable": True,
                "code": attribute_code(question),
                "datatype": "string",
                "required": question.required,
                "datatype_description": "",
                "order": order,
                "description": question.text,
            }
            for order, question in enumerate(questions(category), start=1)
        ],
    }


def attribute_code(question: Question) -> str:
    return f"q{question.pk}"


def requests(question: asking.Question) -> QuerySet[Report]:
    found = public.reports().select_related("case__unit")
    if question.numbers:
        return found.filter(case__number__in=[numbers.from_speech(number) for number in question.numbers])
    start, end = question.requested
    found = found.filter(
        case__procedure=PROCEDURE.code, case__received_at__gte=start, case__received_at__lte=end
    )
    if question.services:
        found = found.filter(category__code__in=question.services)
    if question.open is not None:
        found = found.filter(case__open=question.open)
    since, until = question.updated
    if since is not None:
        found = found.filter(case__changed_at__gte=since)
    if until is not None:
        found = found.filter(case__changed_at__lte=until)
    first = (question.page - 1) * question.size
    return found.order_by("-case__received_at", "-case_id")[first : first + question.size]


def as_requests(reports: Iterable[Report]) -> list[dict[str, Any]]:
    shown = list(reports)
    photos = _photos([report.case for report in shown])
    return [_as_request(report, photos.get(report.case_id)) for report in shown]


def _photos(cases: list[Case]) -> dict[int, Document]:
    """Of each the first photo that everybody may see."""
    found: dict[int, Document] = {}
    for document in of_many(cases).filter(public=True):
        if document.is_picture:
            found.setdefault(document.subject_id, document)
    return found


def _as_request(report: Report, photo: Document | None) -> dict[str, Any]:
    case = report.case
    latitude, longitude = report.public_position or (None, None)
    return {
        "service_request_id": case.number,
        "status": "open" if case.open else "closed",
        "status_notes": case.state_said,
        "service_name": report.category.name,
        "service_code": report.category.code,
        "description": report.public_text,
        "agency_responsible": case.unit.name if case.unit else "",
        "service_notice": "",
        "requested_datetime": case.received_at,
        "updated_datetime": case.changed_at,
        "expected_datetime": case.due_at if case.open else None,
        "address": report.public_address,
        "address_id": None,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": _photo_address(case, photo),
    }


def _photo_address(case: Case, photo: Document | None) -> str | None:
    if photo is None:
        return None
    return f"{settings.PUBLIC_ADDRESS}{reverse('faults:photo', args=[case.number, photo.pk])}"


def by_token(token: str) -> Report:
    found = public.reports().filter(token=token).first() if token else None
    if found is None:
        raise asking.Wrong(404, "token: there is none like this")
    return found


def updates(question: asking.Question) -> Iterator[dict[str, Any]]:
    """What reporters were told of, the oldest first: an extension that clients of FixMyStreet know."""
    entries = entries_of_kinds("cases.case", list(_TOLD))
    if question.numbers:
        typed = [numbers.from_speech(number) for number in question.numbers]
        entries = entries.filter(subject_id__in=Case.objects.filter(number__in=typed).values("pk"))
    else:
        start, end = question.requested
        entries = entries.filter(at__gte=start, at__lte=end)
    first = (question.page - 1) * question.size
    chosen = list(entries.order_by("at", "id")[first : first + question.size])
    told = public.reports().filter(case_id__in={entry.subject_id for entry in chosen}).in_bulk()
    for entry in chosen:
        if entry.subject_id in told:
            row, open_ = _TOLD[entry.kind]
            yield {
                "update_id": entry.pk,
                "service_request_id": told[entry.subject_id].case.number,
                "status": "open" if open_ else "closed",
                "updated_datetime": entry.at,
                "description": _("Your report: %(what)s.") % {"what": row.past},
                "media_url": None,
            }
