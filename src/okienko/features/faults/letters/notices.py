"""The words of the papers, and of the e-mail that carries one; an administrator may write others."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from okienko.features.faults.letters.queries import example
from okienko.features.faults.letters.rules import Paper
from okienko.kernel.messages.declaring import Notice, Original, Placeholder
from okienko.kernel.messages.rules.wording import Kind

_NUMBER = Placeholder("number", _("number of the report"), "100 014")
_RPW = Placeholder("rpw", _("RPW number"), "RPW/12345/2026")
_PLACEHOLDERS = (
    _NUMBER,
    _RPW,
    Placeholder("addressee", _("addressee"), "Przedsiębiorstwo Próbne sp. z o.o."),
    Placeholder("category", _("category"), "Dziury w jezdni"),
    Placeholder("what", _("what it is about and where"), "Dziury w jezdni: ul. Zmyślona 4"),
    Placeholder("place", _("place"), "ul. Zmyślona 4"),
    Placeholder("description", _("what is wrong, in the reporter's words"), "Głęboka dziura przy przejściu."),
    Placeholder("received", _("day on which it came"), date(2026, 11, 20), Kind.DATE),
    Placeholder("channel", _("how it came"), "telefon"),
    Placeholder(
        "message", _("what was sent, as it came, without contact data"), "Miejsce: przy fontannie\nCo się stało: dziura"
    ),
    Placeholder(
        "basis", _("legal basis of passing it on"),
        "§ 13 ust. 1 (Zarządzenie 2851/2022, załącznik nr 1)",
    ),
)  # fmt: skip


def _letter(paper: Paper, name: Any, subject: str, body: str) -> Notice:
    return Notice(
        code=f"letter.{paper}",
        name=name,
        placeholders=_PLACEHOLDERS,
        originals={"pl": Original(subject=subject, body=body)},
        subject_type="cases.case",
        data_of=example,
        printed=True,
    )


COVERING = _letter(
    Paper.COVERING,
    _("Letter: passing a report on"),
    "Przekazanie zgłoszenia nr {{number}}: {{what}}",
    "Przekazujemy zgłoszenie, które dostaliśmy {{received:on}} (droga wpływu: {{channel}}).\n\n"
    "Czego dotyczy: {{category}}\nMiejsce: {{place}}\n\n{{description}}\n\n"
    "Prosimy o załatwienie sprawy i o wiadomość, co zrobiono. W odpowiedzi prosimy podać numer zgłoszenia {{number}} "
    "i numer {{rpw}}.\n\n"
    "Podstawa: {{basis}}.",
)
NOTE = _letter(
    Paper.NOTE,
    _("Letter: note of a report taken by phone"),
    "Notatka ze zgłoszenia nr {{number}}",
    "Zgłoszenie przyjęliśmy {{received:on}} (droga wpływu: {{channel}}).\n\n"
    "Czego dotyczy: {{category}}\nMiejsce: {{place}}\n\n{{description}}\n\n"
    "Sprawę załatwia {{addressee}} poza systemem. Numer RPW: {{rpw}}.\n\n"
    "Podstawa: {{basis}}.",
)
MESSAGE = _letter(
    Paper.MESSAGE,
    _("Letter: message of a resident, as it came"),
    "Zgłoszenie nr {{number}}: treść, jak wpłynęła",
    "Przekazujemy treść zgłoszenia, które wpłynęło {{received:on}} (droga wpływu: {{channel}}). Numer RPW: {{rpw}}.\n\n"
    "{{message}}\n\n"
    "Podstawa: {{basis}}.",
)
SENT = Notice(
    code="letter.sent",
    name=_("To an addressee: a letter about a report, attached"),
    placeholders=(
        _NUMBER, _RPW, Placeholder("title", _("heading of the letter"), "Przekazanie zgłoszenia nr 100 014")
    ),
    originals={
        "pl": Original(
            subject="{{title}}",
            body=(
                "Dzień dobry,\n\nw załączeniu przesyłamy pismo: {{title}}. Numer RPW: {{rpw}}.\n\n"
                "W odpowiedzi prosimy podać numer zgłoszenia {{number}}."
            ),
        ),
        "en": Original(
            subject="{{title}}",
            body=(
                "Good morning,\n\nattached is our letter: {{title}}. RPW number: {{rpw}}.\n\n"
                "Please name the report {{number}} in your answer."
            ),
        ),
        "uk": Original(
            subject="{{title}}",
            body=(
                "Добрий день!\n\nУ вкладенні надсилаємо лист: {{title}}. Номер RPW: {{rpw}}.\n\n"
                "У відповіді вкажіть, будь ласка, номер звернення {{number}}."
            ),
        ),
    },
)  # fmt: skip
LETTERS = {Paper.COVERING: COVERING, Paper.NOTE: NOTE, Paper.MESSAGE: MESSAGE}
NOTICES = (COVERING, NOTE, MESSAGE, SENT)
