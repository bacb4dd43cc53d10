from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from okienko.features.faults.letters.notices import LETTERS
from okienko.features.faults.letters.queries import LANGUAGE, Leaving, data_of
from okienko.features.faults.letters.rules import Paper
from okienko.features.faults.models import Report
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.printouts import pdf
from okienko.kernel.messages.composing import write
from okienko.kernel.messages.rules import inflection
from okienko.kernel.people.models import Person
from okienko.kernel.units.queries import the_office
from okienko.ui import colours, office

_LETTER = Path(__file__).parent / "printouts" / "letter.typ"


def letter(
    report: Report, paper: Paper, *, title: str, text: str, addressee: str, address: str, signer: str, role: str,
    enclosed: Sequence[str], version: int, at: datetime,
) -> bytes:  # fmt: skip
    """Nobody's signature is printed: there is room for one above the name of who signs."""
    looks, unit = office.current(), the_office()
    lines = [unit.address, unit.phone, unit.email] if unit else [looks.contact]
    with translation.override(LANGUAGE):
        data = {
            "title": title,
            "office": unit.name if unit else looks.name,
            "contact": [line for line in lines if line],
            "colour": colours.on_light(looks.colour).colour,
            "coat": _picture(looks.coat_of_arms),
            "marks": [
                [_("Our number"), report.case.spoken_number],
                *([[_("RPW number"), report.rpw]] if report.rpw else []),
                [_("Date"), inflection.day(timezone.localtime(at).date(), LANGUAGE)],
            ],
            "addressee": "" if paper is Paper.NOTE else addressee,
            "address": "" if paper is Paper.NOTE else address,
            "paragraphs": [part.split("\n") for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()],
            "enclosed_title": _("Attachments"),
            "enclosed": list(enclosed),
            "signer": signer,
            "role": role,
            "version": _("Version %(number)d") % {"number": version} if version > 1 else "",
        }  # fmt: skip
    return pdf(_LETTER, data, language=LANGUAGE)


def draft(case: Case, found: Leaving, paper: Paper, person: Person) -> dict[str, Any]:
    """The letter before anybody has changed a word of it."""
    written = write(LETTERS[paper], data_of(case, found), language=LANGUAGE)
    return {
        "addressee": found.addressee,
        "address": found.entity.address if found.entity else "",
        "email": found.entity.email if found.entity else "",
        "title": written.title,
        "text": written.body,
        "signer": person.name,
    }


def _picture(address: str) -> list[int]:
    """The coat of arms, where it is a file of ours."""
    found = finders.find(address.removeprefix(settings.STATIC_URL)) if address else None
    return list(Path(found).read_bytes()) if isinstance(found, str) else []
