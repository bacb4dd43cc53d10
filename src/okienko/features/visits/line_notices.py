"""What those are told who wait for an earlier time."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from okienko.features.visits import line
from okienko.features.visits.models import Waiting
from okienko.features.visits.notices import CONFIRMED, TO_CONFIRM
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages import actions as messages
from okienko.kernel.messages.declaring import About, Notice, Original, Placeholder
from okienko.kernel.messages.rules.wording import Kind
from okienko.ui.addresses import outside

_LINK = Placeholder(
    "link",
    gettext_lazy("link to one's place on the list"),
    "https://okienko.example/wizyty/czekam/…",
    Kind.LINK,
)

WAITING = Notice(
    code="visit.waiting",
    name=gettext_lazy("Somebody is on the list for an earlier time"),
    placeholders=(CONFIRMED.placeholders[1], _LINK),
    variants=CONFIRMED.variants,
    originals={
        "pl": Original(
            subject="Czekasz na wcześniejszy termin wizyty",
            body=(
                "Dzień dobry,\n\njesteś na liście osób, które czekają na wcześniejszy termin.\n\nSprawa: {{matter}}\n\n"
                "Gdy zwolni się termin, napiszemy i zatrzymamy go dla Ciebie. Tu sprawdzisz swoje miejsce na liście "
                "lub zrezygnujesz:\n{{link}}\n\nJeśli to nie Ty czekasz, wejdź na tę stronę i zrezygnuj."
            ),
            sms="Czekasz na wczesniejszy termin wizyty. Miejsce na liscie, rezygnacja: {{link}}",
        ),
        "en": Original(
            subject="You wait for an earlier time of a visit",
            body=(
                "Good morning,\n\nyou are on the list of those who wait for an earlier time.\n\nMatter: {{matter}}\n\n"
                "When a time is free, we will write to you and keep it for you. See your place on the list or leave it "
                "here:\n{{link}}\n\nIf it is not you who waits, open that page and leave the list."
            ),
            sms="You wait for an earlier time of a visit. Your place on the list, or leave it: {{link}}",
        ),
        "uk": Original(
            subject="Ви чекаєте на раніший час візиту",
            body=(
                "Добрий день!\n\nВи у списку тих, хто чекає на раніший час.\n\nСправа: {{matter}}\n\n"
                "Коли час звільниться, ми напишемо і притримаємо його для Вас. Тут можна побачити своє місце у списку "
                "або відмовитися:\n{{link}}\n\nЯкщо це чекаєте не Ви, відкрийте цю сторінку й відмовтеся."
            ),
            sms="Ви чекаєте на раніший час візиту. Місце у списку або відмова: {{link}}",
        ),
    },
    subject_type="visits.waiting",
)

OFFERED = Notice(
    code="visit.offered",
    name=gettext_lazy("An earlier time is offered to whoever waits"),
    placeholders=(*CONFIRMED.placeholders[1:4], TO_CONFIRM.placeholders[-1], _LINK),
    variants=CONFIRMED.variants,
    originals={
        "pl": Original(
            subject="Jest wcześniejszy termin: {{start:short}}, {{start:time}}",
            body=(
                "Dzień dobry,\n\nzwolnił się termin, na który czekasz.\n\nSprawa: {{matter}}\n"
                "Kiedy: {{start:on}}, godz. {{start:time}}\nGdzie: {{place}}\n\n"
                "Trzymamy go dla Ciebie do {{until:short}}, godz. {{until:time}}. Potem dostanie go następna osoba z listy. "
                "Tu przyjmiesz termin lub zrezygnujesz:\n{{link}}"
            ),
            sms="Wolny termin wizyty: {{start:short}} {{start:time}}. Czeka na Ciebie do {{until:time}}: {{link}}",
        ),
        "en": Original(
            subject="There is an earlier time: {{start:short}}, {{start:time}}",
            body=(
                "Good morning,\n\na time that you wait for is free.\n\nMatter: {{matter}}\n"
                "When: {{start:on}}, {{start:time}}\nWhere: {{place}}\n\n"
                "It is kept for you until {{until:short}}, {{until:time}}. Then it goes to the next on the list. "
                "Take it or leave the list here:\n{{link}}"
            ),
            sms="Earlier time: {{start:short}} {{start:time}}. Kept for you until {{until:time}}: {{link}}",
        ),
        "uk": Original(
            subject="Є раніший час: {{start:short}}, {{start:time}}",
            body=(
                "Добрий день!\n\nЗвільнився час, на який Ви чекаєте.\n\nСправа: {{matter}}\n"
                "Коли: {{start:on}}, {{start:time}}\nДе: {{place}}\n\n"
                "Ми тримаємо його для Вас до {{until:short}}, {{until:time}}. Потім він перейде до наступної особи. "
                "Тут можна прийняти його або відмовитися:\n{{link}}"
            ),
            sms="Раніший час: {{start:short}} {{start:time}}. Тримаємо для Вас до {{until:time}}: {{link}}",
        ),
    },
    subject_type="visits.waiting",
)

ALL = (WAITING, OFFERED)


def page_of(waiting: Waiting) -> str:
    return f"{settings.PUBLIC_ADDRESS}{outside('visits:waiting', waiting.secret)}"


def tell(
    notice: Notice, waiting: Waiting, *, by: Actor, at: datetime, not_before: datetime | None = None
) -> None:
    """To whoever waits; each turn in the line is told of once."""
    data = {
        "matter": waiting.service.title,
        "place": waiting.place,
        "start": waiting.start,
        "until": waiting.offered_until,
        "link": page_of(waiting),
    }
    messages.send(
        notice.code,
        to=messages.Recipient(
            email=waiting.email, phone="" if waiting.email else waiting.phone, language=waiting.language
        ),
        subject=waiting,
        data={placeholder.name: data[placeholder.name] for placeholder in notice.placeholders},
        cause=f"waiting:{waiting.pk}:{notice.code}:{waiting.turn_at.isoformat()}",
        by=by,
        at=at,
        variant=waiting.service.code,
        not_before=not_before,
    )


def untell(waiting: Waiting, *, by: Actor, at: datetime) -> None:
    """The offer is taken or not wanted: what was to tell of it in the morning is not sent any more."""
    messages.cancel(f"waiting:{waiting.pk}:{OFFERED.code}:", subject=waiting, by=by, at=at)


ABOUT = About(
    by_id=lambda waiting_id: Waiting.objects.filter(pk=waiting_id).first(),
    number_of=lambda waiting: "",
    by_number=lambda number: None,
    knows=lambda waiting, address: bool(address) and waiting.email.lower() == address.lower(),
    visible=lambda person: line.visible_to(person),
    address_of=lambda waiting: reverse("visits:line"),
    holder=lambda waiting: (None, None),
)
