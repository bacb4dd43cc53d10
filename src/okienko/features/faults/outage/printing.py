"""What is at hand on paper when the system is down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from okienko.features.faults.actions.reports import where_is
from okienko.features.faults.models import Category
from okienko.features.faults.queries import questions_of_each
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.exports import pdf_table
from okienko.kernel.documents.printouts import pdf
from okienko.kernel.units.models import Unit

_FORMS = Path(__file__).parent / "printouts" / "forms.typ"
LANGUAGE = "pl"  # what is printed at night is for the office, whoever will read it


def _moment(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"


def open_work(unit: Unit, cases: Iterable[Case], *, at: datetime) -> bytes:
    with translation.override(LANGUAGE):
        titles = [
            _("Number"),
            _("Subject"),
            _("Place"),
            _("State"),
            _("Due"),
            _("Group"),
            _("Handled by"),
            _("Phone"),
        ]
        rows = [
            [
                case.spoken_number, case.subject, where_is(case.report), case.state_name, _moment(case.due_at),
                case.group.name if case.group else "–", case.person.name if case.person else "–", case.contact_phone,
            ]
            for case in cases
        ]  # fmt: skip
        title = _("Open work of %(unit)s as of %(moment)s") % {"unit": unit.name, "moment": _moment(at)}
        return pdf_table(titles, rows, title=title, language=LANGUAGE)


def blank_forms(categories: Iterable[Category]) -> bytes:
    """A sheet to take a report down for each category with what it asks about, and a sheet to handle one."""
    intake = [
        _("Date and hour"), _("Street and number, or the place in words"), _("What is wrong?"), _("Name"), _("Phone"),
        _("E-mail"), _("Wants an answer (yes/no)"), _("Taken down by"),
    ]  # fmt: skip
    handling = [
        _("Number of the report, or date and place"), _("Passed to, date and hour"), _("Taken up, date and hour"),
        _("What was done, date and hour"), _("Answered how, date and hour"), _("Handled by"),
    ]  # fmt: skip
    sheets = [
        {
            "title": f"{one.shortcut} {one.name}",
            "lines": [intake[0], *(question.text for question in questions), *intake[1:]],
        }
        for one, questions in questions_of_each(categories)
    ]
    sheets.append({"title": _("Handling sheet"), "lines": handling})
    data = {"title": _("Forms for a day without the system"), "sheets": sheets}
    return pdf(_FORMS, data, language=translation.get_language() or LANGUAGE)
