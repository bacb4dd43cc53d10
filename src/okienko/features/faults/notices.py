"""Who is told what about a fault report, and in which words; an administrator may write others."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils.translation import gettext_lazy as _

from okienko.kernel.messages.declaring import Notice, Original, Placeholder
from okienko.kernel.messages.rules.wording import Kind

_NUMBER = Placeholder("number", _("number of the report"), "100 014")
_WHAT = Placeholder("what", _("what it is about and where"), "Dziury w jezdni: ul. Zmyślona 4")
_STATE = Placeholder("state", _("state of the report"), "załatwione")
_LINK = Placeholder(
    "link", _("link to follow the report"), "https://okienko.example/zgloszenia/sledz/…", Kind.LINK
)
_CASE = Placeholder("link", _("link to the case"), "https://okienko.example/sprawy/100014/", Kind.LINK)

REGISTERED = Notice(
    code="fault.registered",
    name=_("To the reporter: the report has come in"),
    placeholders=(_NUMBER, _WHAT, _LINK),
    originals={
        "pl": Original(
            subject="Mamy Twoje zgłoszenie",
            body="Dzień dobry,\n\nprzyjęliśmy zgłoszenie {{number}}: {{what}}.\n\nCo się z nim dzieje, zobaczysz tutaj:\n{{link}}",
            sms="Przyjelismy zgloszenie {{number}}. {{link}}",
        ),
        "en": Original(
            subject="We have your report",
            body="Good morning,\n\nwe have received your report {{number}}: {{what}}.\n\nSee here what happens to it:\n{{link}}",
            sms="We have your report {{number}}. {{link}}",
        ),
        "uk": Original(
            subject="Ми отримали ваше звернення",
            body="Добрий день!\n\nМи прийняли звернення {{number}}: {{what}}.\n\nЩо з ним відбувається, дивіться тут:\n{{link}}",
            sms="Ми отримали звернення {{number}}. {{link}}",
        ),
    },
)

CHANGED = Notice(
    code="fault.changed",
    name=_("To the reporter: the report has moved"),
    placeholders=(_NUMBER, _WHAT, _STATE, _LINK),
    originals={
        "pl": Original(
            subject="Twoje zgłoszenie: {{state}}",
            body="Dzień dobry,\n\nzgłoszenie {{number}} ({{what}}) ma teraz stan: {{state}}.\n\nWięcej tutaj:\n{{link}}",
            sms="Zgloszenie {{number}}: {{state}}. {{link}}",
        ),
        "en": Original(
            subject="Your report: {{state}}",
            body="Good morning,\n\nthe state of your report {{number}} ({{what}}) is now: {{state}}.\n\nMore here:\n{{link}}",
            sms="Report {{number}}: {{state}}. {{link}}",
        ),
        "uk": Original(
            subject="Ваше звернення: {{state}}",
            body="Добрий день!\n\nЗвернення {{number}} ({{what}}) тепер має стан: {{state}}.\n\nДокладніше тут:\n{{link}}",
            sms="Звернення {{number}}: {{state}}. {{link}}",
        ),
    },
)

SPLIT = Notice(
    code="fault.split",
    name=_("To the reporter: one report has become several"),
    placeholders=(_NUMBER, _WHAT, _LINK),
    originals={
        "pl": Original(
            subject="Twoje zgłoszenie dotyczy kilku spraw",
            body=(
                "Dzień dobry,\n\nw zgłoszeniu {{number}} jest kilka spraw. Każdą zajmujemy się osobno, pod osobnym "
                "numerem.\n\nWszystkie zobaczysz tutaj:\n{{link}}"
            ),
            sms="W zgloszeniu {{number}} jest kilka spraw, zajmujemy sie nimi osobno. {{link}}",
        ),
        "en": Original(
            subject="Your report is about several things",
            body=(
                "Good morning,\n\nreport {{number}} is about several things. We handle each apart, under a number of "
                "its own.\n\nSee all of them here:\n{{link}}"
            ),
            sms="Report {{number}} is about several things, which we handle apart. {{link}}",
        ),
        "uk": Original(
            subject="Ваше звернення стосується кількох справ",
            body=(
                "Добрий день!\n\nУ зверненні {{number}} кілька справ. Кожною ми займаємося окремо, під окремим "
                "номером.\n\nУсі можна побачити тут:\n{{link}}"
            ),
            sms="У зверненні {{number}} кілька справ, займаємося ними окремо. {{link}}",
        ),
    },
)

PASSED = Notice(
    code="fault.passed",
    name=_("To the group: a report has been passed to it"),
    placeholders=(_NUMBER, _WHAT, _CASE),
    originals={
        "pl": Original(
            subject="Nowe zgłoszenie w Twojej grupie",
            body="Dzień dobry,\n\nzgłoszenie {{number}} czeka w Twojej grupie: {{what}}.\n\n{{link}}",
        ),
        "en": Original(
            subject="A new report in your group",
            body="Good morning,\n\nreport {{number}} waits in your group: {{what}}.\n\n{{link}}",
        ),
        "uk": Original(
            subject="Нове звернення у вашій групі",
            body="Добрий день!\n\nЗвернення {{number}} чекає у вашій групі: {{what}}.\n\n{{link}}",
        ),
    },
)

ASKED = Notice(
    code="fault.asked",
    name=_("To the group: somebody asks about a report"),
    placeholders=(_NUMBER, _WHAT, _CASE),
    originals={
        "pl": Original(
            subject="Pytanie o zgłoszenie",
            body="Dzień dobry,\n\nktoś pyta o zgłoszenie {{number}}: {{what}}.\n\n{{link}}",
        ),
        "en": Original(
            subject="A question about a report",
            body="Good morning,\n\nsomebody asks about report {{number}}: {{what}}.\n\n{{link}}",
        ),
        "uk": Original(
            subject="Питання про звернення",
            body="Добрий день!\n\nХтось питає про звернення {{number}}: {{what}}.\n\n{{link}}",
        ),
    },
)

_DUE = Placeholder("due", _("when it was due"), datetime(2026, 12, 4, 15, 30, tzinfo=UTC), Kind.MOMENT)

DUE_SOON = Notice(
    code="fault.due_soon",
    name=_("To the group: the time of a report is nearly up"),
    placeholders=(_NUMBER, _WHAT, _DUE, _CASE),
    originals={
        "pl": Original(
            subject="Zbliża się termin zgłoszenia {{number}}",
            body="Dzień dobry,\n\ntermin zgłoszenia {{number}} ({{what}}) mija: {{due}}.\n\n{{link}}",
        ),
        "en": Original(
            subject="Report {{number}} is due soon",
            body="Good morning,\n\nreport {{number}} ({{what}}) is due: {{due}}.\n\n{{link}}",
        ),
        "uk": Original(
            subject="Наближається термін звернення {{number}}",
            body="Добрий день!\n\nТермін звернення {{number}} ({{what}}) спливає: {{due}}.\n\n{{link}}",
        ),
    },
)

LATE = Notice(
    code="fault.late",
    name=_("To the group: a report is late"),
    placeholders=(_NUMBER, _WHAT, _DUE, _CASE),
    originals={
        "pl": Original(
            subject="Zgłoszenie {{number}} jest po terminie",
            body=(
                "Dzień dobry,\n\ntermin zgłoszenia {{number}} ({{what}}) minął: {{due}}.\n\nZałatw je albo wpisz "
                "powód opóźnienia i planowaną datę zakończenia.\n\n{{link}}"
            ),
        ),
        "en": Original(
            subject="Report {{number}} is late",
            body=(
                "Good morning,\n\nreport {{number}} ({{what}}) was due: {{due}}.\n\nFinish it, or enter the reason "
                "of the delay and the planned date of ending.\n\n{{link}}"
            ),
        ),
        "uk": Original(
            subject="Звернення {{number}} прострочене",
            body=(
                "Добрий день!\n\nТермін звернення {{number}} ({{what}}) минув: {{due}}.\n\nЗавершіть його або вкажіть "
                "причину затримки й заплановану дату завершення.\n\n{{link}}"
            ),
        ),
    },
)

ESCALATED = Notice(
    code="fault.escalated",
    name=_("To the overseers: a report of their unit is late"),
    placeholders=(_NUMBER, _WHAT, _DUE, _CASE),
    originals={
        "pl": Original(
            subject="Po terminie w Twojej jednostce: {{number}}",
            body="Dzień dobry,\n\ntermin zgłoszenia {{number}} ({{what}}) minął: {{due}}.\n\n{{link}}",
        ),
        "en": Original(
            subject="Late in your unit: {{number}}",
            body="Good morning,\n\nreport {{number}} ({{what}}) was due: {{due}}.\n\n{{link}}",
        ),
        "uk": Original(
            subject="Прострочено у вашому підрозділі: {{number}}",
            body="Добрий день!\n\nТермін звернення {{number}} ({{what}}) минув: {{due}}.\n\n{{link}}",
        ),
    },
)

_FIRM = Placeholder("firm", _("name of the firm"), "Zakład Zmyślony")

ORDER = Notice(
    code="fault.order",
    name=_("To a contractor: work has been ordered"),
    placeholders=(
        _NUMBER,
        Placeholder("what", _("what it is about and where"), "Dziury w jezdni: ul. Zmyślona 4"),
        Placeholder("until", _("until when"), date(2026, 12, 4), Kind.DATE),
        Placeholder(
            "link", _("link of the contractor"), "https://okienko.example/zgloszenia/zlecenie/…", Kind.LINK
        ),
    ),
    originals={
        "pl": Original(
            subject="Zlecenie: {{what}}",
            body=(
                "Dzień dobry,\n\nzlecamy pracę {{number}} ({{what}}), termin: {{until}}.\n\nPod tym adresem można "
                "przyjąć zlecenie albo odmówić, dodać zdjęcia i zgłosić wykonanie. Adres jest tylko dla Państwa "
                "firmy:\n{{link}}"
            ),
            sms="Zlecenie {{number}}, termin {{until}}. {{link}}",
        ),
        "en": Original(
            subject="Order: {{what}}",
            body=(
                "Good morning,\n\nwe order work {{number}} ({{what}}), to be done until {{until}}.\n\nUnder this "
                "address you can accept or refuse, add photos and say that it is done. It is for your firm "
                "alone:\n{{link}}"
            ),
            sms="Order {{number}}, until {{until}}. {{link}}",
        ),
        "uk": Original(
            subject="Замовлення: {{what}}",
            body=(
                "Добрий день!\n\nМи замовляємо роботу {{number}} ({{what}}), термін: {{until}}.\n\nЗа цією адресою "
                "можна прийняти замовлення або відмовитися, додати фото й повідомити про виконання. Адреса лише для "
                "вашої фірми:\n{{link}}"
            ),
            sms="Замовлення {{number}}, термін {{until}}. {{link}}",
        ),
    },
)

ACCEPTED = Notice(
    code="fault.order_accepted",
    name=_("To a contractor: the work was accepted"),
    placeholders=(_NUMBER, _WHAT),
    originals={
        "pl": Original(
            subject="Zlecenie {{number}}: prace odebrane",
            body="Dzień dobry,\n\nodebraliśmy prace ze zlecenia {{number}} ({{what}}). Dziękujemy.",
        ),
        "en": Original(
            subject="Order {{number}}: work accepted",
            body="Good morning,\n\nwe have accepted the work of order {{number}} ({{what}}). Thank you.",
        ),
        "uk": Original(
            subject="Замовлення {{number}}: роботи прийнято",
            body="Добрий день!\n\nМи прийняли роботи за замовленням {{number}} ({{what}}). Дякуємо.",
        ),
    },
)

JUDGED = Notice(
    code="fault.order_judged",
    name=_("To a contractor: the work was rejected"),
    placeholders=(
        _NUMBER, _WHAT, Placeholder("verdict", _("how the work was judged"), "praca odrzucona"),
        Placeholder("reason", _("reason"), "Nawierzchnia jest nierówna."),
    ),
    originals={
        "pl": Original(
            subject="Zlecenie {{number}}: {{verdict}}",
            body="Dzień dobry,\n\nzlecenie {{number}} ({{what}}): {{verdict}}.\n\nPowód: {{reason}}",
        ),
        "en": Original(
            subject="Order {{number}}: {{verdict}}",
            body="Good morning,\n\norder {{number}} ({{what}}): {{verdict}}.\n\nReason: {{reason}}",
        ),
        "uk": Original(
            subject="Замовлення {{number}}: {{verdict}}",
            body="Добрий день!\n\nЗамовлення {{number}} ({{what}}): {{verdict}}.\n\nПричина: {{reason}}",
        ),
    },
)  # fmt: skip

WORK = Notice(
    code="fault.work",
    name=_("To the group: a contractor has answered"),
    placeholders=(_NUMBER, _WHAT, _FIRM, _STATE, _CASE),
    originals={
        "pl": Original(
            subject="Wykonawca: {{state}}",
            body="Dzień dobry,\n\n{{firm}}, zgłoszenie {{number}} ({{what}}): {{state}}.\n\n{{link}}",
        ),
        "en": Original(
            subject="Contractor: {{state}}",
            body="Good morning,\n\n{{firm}}, report {{number}} ({{what}}): {{state}}.\n\n{{link}}",
        ),
        "uk": Original(
            subject="Підрядник: {{state}}",
            body="Добрий день!\n\n{{firm}}, звернення {{number}} ({{what}}): {{state}}.\n\n{{link}}",
        ),
    },
)

NOTICES = (
    REGISTERED,
    CHANGED,
    SPLIT,
    PASSED,
    ASKED,
    DUE_SOON,
    LATE,
    ESCALATED,
    ORDER,
    ACCEPTED,
    JUDGED,
    WORK,
)
