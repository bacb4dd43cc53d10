"""What residents are told about their visits, and what messages need to know of bookings."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from okienko.base.time import WARSAW
from okienko.features.visits import confirming, ics
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.queries import visible_to
from okienko.features.visits.rules import State
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages import actions as messages
from okienko.kernel.messages.declaring import About, Notice, Original, Placeholder
from okienko.kernel.messages.rules.wording import Kind
from okienko.ui.addresses import outside

_PLACEHOLDERS = (
    Placeholder("number", gettext_lazy("number of the visit"), "104 711 3"),
    Placeholder("matter", gettext_lazy("what the visit is for"), "Dowód osobisty"),
    Placeholder("place", gettext_lazy("where to come"), "Ratusz, ul. Przykładowa 1, Okienko 1"),
    Placeholder("start", gettext_lazy("when"), datetime(2026, 12, 1, 9, 0, tzinfo=WARSAW), Kind.MOMENT),
    Placeholder("link", gettext_lazy("link to the visit"), "https://okienko.example/wizyty/w/…", Kind.LINK),
)

_FACTS = {
    "pl": "Sprawa: {{matter}}\nKiedy: {{start:on}}, godz. {{start:time}}\nGdzie: {{place}}\nNumer wizyty: {{number}}",
    "en": "Matter: {{matter}}\nWhen: {{start:on}}, {{start:time}}\nWhere: {{place}}\nNumber of the visit: {{number}}",
    "uk": "Справа: {{matter}}\nКоли: {{start:on}}, {{start:time}}\nДе: {{place}}\nНомер візиту: {{number}}",
}


def _services() -> dict[str, str]:
    """An office may write other texts for each of its services."""
    return dict(Service.objects.values_list("code", "title"))


CONFIRMED = Notice(
    code="visit.confirmed",
    name=gettext_lazy("A visit is booked"),
    placeholders=_PLACEHOLDERS,
    variants=_services,
    originals={
        "pl": Original(
            subject="Twoja wizyta w urzędzie: {{start:short}}, {{start:time}}",
            body=(
                f"Dzień dobry,\n\nwizyta jest umówiona.\n\n{_FACTS['pl']}\n\n"
                "Tu zobaczysz wizytę, przeniesiesz ją lub odwołasz:\n{{link}}"
            ),
            sms="Wizyta {{start:short}} {{start:time}}, {{place}}. Nr {{number}}. Zmiana lub odwolanie: {{link}}",
        ),
        "en": Original(
            subject="Your visit at the office: {{start:short}}, {{start:time}}",
            body=(
                f"Good morning,\n\nyour visit is booked.\n\n{_FACTS['en']}\n\n"
                "See, move or cancel it here:\n{{link}}"
            ),
            sms="Visit {{start:short}} {{start:time}}, {{place}}. No {{number}}. Change or cancel: {{link}}",
        ),
        "uk": Original(
            subject="Ваш візит до установи: {{start:short}}, {{start:time}}",
            body=(
                f"Добрий день!\n\nВізит заброньовано.\n\n{_FACTS['uk']}\n\n"
                "Тут можна переглянути, перенести або скасувати візит:\n{{link}}"
            ),
            sms="Візит {{start:short}} {{start:time}}, {{place}}. № {{number}}. Змінити: {{link}}",
        ),
    },
    subject_type="visits.booking",
)

MOVED = Notice(
    code="visit.moved",
    name=gettext_lazy("A visit is moved"),
    placeholders=(
        *_PLACEHOLDERS,
        Placeholder("why", gettext_lazy("why it was moved"), "Okienko jest nieczynne."),
    ),
    variants=_services,
    originals={
        "pl": Original(
            subject="Nowy termin wizyty: {{start:short}}, {{start:time}}",
            body=(
                f"Dzień dobry,\n\nwizyta ma nowy termin. Poprzedni już nie obowiązuje. {{{{why}}}}\n\n{_FACTS['pl']}\n\n"
                "Tu zobaczysz wizytę, przeniesiesz ją lub odwołasz:\n{{link}}"
            ),
            sms="Nowy termin wizyty: {{start:short}} {{start:time}}, {{place}}. {{why}} {{link}}",
        ),
        "en": Original(
            subject="New time of your visit: {{start:short}}, {{start:time}}",
            body=(
                f"Good morning,\n\nyour visit has a new time. The one before is void. {{{{why}}}}\n\n{_FACTS['en']}\n\n"
                "See, move or cancel it here:\n{{link}}"
            ),
            sms="New time of your visit: {{start:short}} {{start:time}}, {{place}}. {{why}} {{link}}",
        ),
        "uk": Original(
            subject="Новий час візиту: {{start:short}}, {{start:time}}",
            body=(
                f"Добрий день!\n\nВізит перенесено. Попередній час більше не діє. {{{{why}}}}\n\n{_FACTS['uk']}\n\n"
                "Тут можна переглянути, перенести або скасувати візит:\n{{link}}"
            ),
            sms="Новий час візиту: {{start:short}} {{start:time}}, {{place}}. {{why}} {{link}}",
        ),
    },
    subject_type="visits.booking",
)

TO_CONFIRM = Notice(
    code="visit.to-confirm",
    name=gettext_lazy("A visit waits for confirming"),
    placeholders=(
        *_PLACEHOLDERS,
        Placeholder(
            "until",
            gettext_lazy("until when to confirm"),
            datetime(2026, 11, 30, 9, 0, tzinfo=WARSAW),
            Kind.MOMENT,
        ),
    ),
    variants=_services,
    originals={
        "pl": Original(
            subject="Potwierdź wizytę w urzędzie",
            body=(
                "Dzień dobry,\n\npotwierdź wizytę na tej stronie:\n{{link}}\n\n"
                "Masz na to czas do {{until:short}}, godz. {{until:time}}. Potem termin dostanie ktoś inny.\n\n"
                f"{_FACTS['pl']}\n\nJeśli to nie Ty umawiasz wizytę, nic nie rób."
            ),
            sms="Potwierdz wizyte {{start:short}} {{start:time}} do {{until:time}}: {{link}}",
        ),
        "en": Original(
            subject="Confirm your visit at the office",
            body=(
                "Good morning,\n\nconfirm your visit on this page:\n{{link}}\n\n"
                "You have until {{until:short}}, {{until:time}}. After that the time goes to somebody else.\n\n"
                f"{_FACTS['en']}\n\nIf it was not you who booked it, do nothing."
            ),
            sms="Confirm your visit {{start:short}} {{start:time}} by {{until:time}}: {{link}}",
        ),
        "uk": Original(
            subject="Підтвердьте візит до установи",
            body=(
                "Добрий день!\n\nПідтвердьте візит на цій сторінці:\n{{link}}\n\n"
                "Це можна зробити до {{until:short}}, {{until:time}}. Потім час отримає хтось інший.\n\n"
                f"{_FACTS['uk']}\n\nЯкщо це не Ви бронюєте візит, нічого не робіть."
            ),
            sms="Підтвердьте візит {{start:short}} {{start:time}} до {{until:time}}: {{link}}",
        ),
    },
    subject_type="visits.booking",
)

PIN = Notice(
    code="visit.pin",
    name=gettext_lazy("The PIN that confirms a visit"),
    placeholders=(*TO_CONFIRM.placeholders, Placeholder("pin", gettext_lazy("the PIN"), "381 046")),
    variants=_services,
    originals={
        "pl": Original(
            subject="PIN do potwierdzenia wizyty",
            body=(
                "Dzień dobry,\n\nTwój PIN: {{pin}}\n\nWpisz go na stronie, na której umawiasz wizytę:\n{{link}}\n\n"
                "Masz na to czas do {{until:short}}, godz. {{until:time}}. Potem termin dostanie ktoś inny.\n\n"
                f"{_FACTS['pl']}\n\nJeśli to nie Ty umawiasz wizytę, nic nie rób."
            ),
            sms="PIN do potwierdzenia wizyty: {{pin}}. Wazny do {{until:time}}. {{link}}",
        ),
        "en": Original(
            subject="PIN to confirm your visit",
            body=(
                "Good morning,\n\nyour PIN: {{pin}}\n\nType it in on the page where you book the visit:\n{{link}}\n\n"
                "You have until {{until:short}}, {{until:time}}. After that the time goes to somebody else.\n\n"
                f"{_FACTS['en']}\n\nIf it was not you who booked it, do nothing."
            ),
            sms="PIN to confirm your visit: {{pin}}. Valid until {{until:time}}. {{link}}",
        ),
        "uk": Original(
            subject="PIN для підтвердження візиту",
            body=(
                "Добрий день!\n\nВаш PIN: {{pin}}\n\nВведіть його на сторінці, де бронюєте візит:\n{{link}}\n\n"
                "Це можна зробити до {{until:short}}, {{until:time}}. Потім час отримає хтось інший.\n\n"
                f"{_FACTS['uk']}\n\nЯкщо це не Ви бронюєте візит, нічого не робіть."
            ),
            sms="PIN для підтвердження візиту: {{pin}}. Дійсний до {{until:time}}. {{link}}",
        ),
    },
    subject_type="visits.booking",
)

CANCELLED = Notice(
    code="visit.cancelled",
    name=gettext_lazy("A visit is cancelled"),
    placeholders=(
        *_PLACEHOLDERS,
        Placeholder("why", gettext_lazy("why it was cancelled"), "Urząd jest w tym dniu nieczynny."),
        Placeholder(
            "again", gettext_lazy("link to book again"), "https://okienko.example/wizyty/", Kind.LINK
        ),
    ),
    variants=_services,
    originals={
        "pl": Original(
            subject="Wizyta odwołana: {{start:short}}, {{start:time}}",
            body=(
                f"Dzień dobry,\n\nwizyta jest odwołana. {{{{why}}}}\n\n{_FACTS['pl']}\n\n"
                "Nową wizytę umówisz tutaj:\n{{again}}"
            ),
            sms="Wizyta {{start:short}} {{start:time}} odwolana. {{why}} Nowa: {{again}}",
        ),
        "en": Original(
            subject="Visit cancelled: {{start:short}}, {{start:time}}",
            body=(
                f"Good morning,\n\nthe visit is cancelled. {{{{why}}}}\n\n{_FACTS['en']}\n\n"
                "Book another one here:\n{{again}}"
            ),
            sms="Visit {{start:short}} {{start:time}} cancelled. {{why}} Book again: {{again}}",
        ),
        "uk": Original(
            subject="Візит скасовано: {{start:short}}, {{start:time}}",
            body=(
                f"Добрий день!\n\nВізит скасовано. {{{{why}}}}\n\n{_FACTS['uk']}\n\n"
                "Новий візит можна забронювати тут:\n{{again}}"
            ),
            sms="Візит {{start:short}} {{start:time}} скасовано. {{why}} Новий: {{again}}",
        ),
    },
    subject_type="visits.booking",
)

REMINDER = Notice(
    code="visit.reminder",
    name=gettext_lazy("A reminder of a visit"),
    placeholders=_PLACEHOLDERS,
    variants=_services,
    originals={
        "pl": Original(
            subject="Przypomnienie o wizycie: {{start:short}}, {{start:time}}",
            body=(
                f"Dzień dobry,\n\nprzypominamy o wizycie w urzędzie.\n\n{_FACTS['pl']}\n\n"
                "Nie możesz przyjść? Tu przeniesiesz wizytę lub ją odwołasz:\n{{link}}"
            ),
            sms="Przypominamy: wizyta {{start:short}} {{start:time}}, {{place}}. Zmiana: {{link}}",
        ),
        "en": Original(
            subject="Reminder of your visit: {{start:short}}, {{start:time}}",
            body=(
                f"Good morning,\n\nthis is a reminder of your visit at the office.\n\n{_FACTS['en']}\n\n"
                "Cannot come? Move or cancel the visit here:\n{{link}}"
            ),
            sms="Reminder: your visit {{start:short}} {{start:time}}, {{place}}. Change: {{link}}",
        ),
        "uk": Original(
            subject="Нагадування про візит: {{start:short}}, {{start:time}}",
            body=(
                f"Добрий день!\n\nНагадуємо про візит до установи.\n\n{_FACTS['uk']}\n\n"
                "Не можете прийти? Тут можна перенести або скасувати візит:\n{{link}}"
            ),
            sms="Нагадуємо: візит {{start:short}} {{start:time}}, {{place}}. Змінити: {{link}}",
        ),
    },
    subject_type="visits.booking",
)

ALL = (CONFIRMED, MOVED, TO_CONFIRM, PIN, CANCELLED, REMINDER)
ASKING = (TO_CONFIRM, PIN)


def asking(booking: Booking) -> Notice:
    return PIN if booking.confirm_by == Service.ConfirmBy.PIN else TO_CONFIRM


def sent_to(booking: Booking) -> str:
    """Where the link or the PIN goes, as the service says and the resident can be reached."""
    return _preferred(booking, booking.service.confirm_over)


def _preferred(booking: Booking, over: str) -> str:
    if over == Service.SentBy.SMS:
        return booking.phone or booking.email
    return booking.email or booking.phone


def _recipient(notice: Notice, booking: Booking) -> messages.Recipient:
    """One message for one event, by e-mail or to the phone."""
    over = Service.SentBy.EMAIL
    if notice in ASKING:
        over = Service.SentBy(booking.service.confirm_over)
    elif notice is REMINDER:
        over = Service.SentBy(booking.service.remind_over)
    address = _preferred(booking, over)
    if address == booking.email:
        return messages.Recipient(email=address, language=booking.language)
    return messages.Recipient(phone=address, language=booking.language)


def _link(notice: Notice, booking: Booking) -> str:
    if notice is TO_CONFIRM:
        return f"{address_of(booking, 'visits:confirm')}?kod={confirming.code_of(booking)}"
    return address_of(booking, "visits:confirm" if notice is PIN else "visits:own")


def tell(notice: Notice, booking: Booking, *, by: Actor, at: datetime, occasion: str = "") -> None:
    """Write to the resident in the language in which the visit was booked; each change, or occasion, is told once."""
    again = f"{settings.PUBLIC_ADDRESS}{outside('visits:choose')}?{urlencode(preset(booking))}"
    data = {
        "number": booking.spoken_number,
        "matter": booking.service.title,
        "place": booking.place,
        "start": booking.start,
        "link": _link(notice, booking),
        "pin": " ".join((confirming.code_of(booking)[:3], confirming.code_of(booking)[3:])),
        "until": booking.confirm_until,
        "why": booking.why,
        "again": again,
    }
    file = messages.Attachment("wizyta.ics", "text/calendar", calendar_file(booking, at=at))
    messages.send(
        notice.code,
        to=_recipient(notice, booking),
        subject=booking,
        data={placeholder.name: data[placeholder.name] for placeholder in notice.placeholders},
        cause=f"visit:{booking.pk}:{notice.code}:{booking.changes}:{occasion}",
        by=by,
        at=at,
        variant=booking.service.code,
        attachments=() if notice in ASKING else [file],
    )


def preset(booking: Booking) -> dict[str, str]:
    """The same matter at the same place once more, as the address of the first step says it."""
    place = booking.resource.location_id
    return {"usluga": booking.service.code} | ({"miejsce": str(place)} if place else {})


def address_of(booking: Booking, page: str) -> str:
    return f"{settings.PUBLIC_ADDRESS}{outside(page, booking.secret)}"


_IN_A_CALENDAR = {
    State.UNCONFIRMED: "TENTATIVE",
    State.CONFIRMED: "CONFIRMED",
    State.CANCELLED: "CANCELLED",
    State.LAPSED: "CANCELLED",
}


def calendar_file(booking: Booking, *, at: datetime) -> bytes:
    with override(booking.language):
        told = _("Number of the visit: %(number)s") % {"number": booking.spoken_number}
    return ics.written(
        ics.Event(
            uid=f"visit-{booking.number}@{urlsplit(settings.PUBLIC_ADDRESS).hostname}",
            sequence=booking.changes,
            stamp=at,
            start=booking.start,
            end=booking.end,
            summary=booking.service.title,
            location=booking.place,
            description=told,
            url=address_of(booking, "visits:own"),
            status=_IN_A_CALENDAR[booking.state_at(at)],
        )
    )


ABOUT = About(
    by_id=lambda booking_id: Booking.objects.filter(pk=booking_id).first(),
    number_of=lambda booking: booking.number,
    by_number=lambda number: Booking.objects.filter(number=number).first(),
    knows=lambda booking, address: bool(address) and booking.email.lower() == address.lower(),
    visible=visible_to,
    address_of=lambda booking: reverse("visits:booking", args=[booking.number]),
    holder=lambda booking: (booking.resource.unit_id, None),
)
