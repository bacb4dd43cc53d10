"""The kernel's own notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okienko.kernel.messages.declaring import Notice, Original, Placeholder
from okienko.kernel.messages.rules.wording import Kind

INVITED = Notice(
    code="people.invited",
    name=_("Invitation of a staff member"),
    placeholders=(
        Placeholder("name", _("name of the person"), "Anna Przykładowa"),
        Placeholder(
            "link", _("link to set the password"), "https://okienko.example/konto/haslo/…", Kind.LINK
        ),
        Placeholder("days", _("for how many days the link works"), 3, Kind.NUMBER),
    ),
    originals={
        "pl": Original(
            subject="Twoje konto w Okienku",
            body=(
                "Dzień dobry,\n\n"
                "masz konto w Okienku ({{name}}). Ustaw swoje hasło na tej stronie:\n{{link}}\n\n"
                "Odnośnik działa {{days}} {{days|dzień|dni|dni}}. Potem poproś administratora o nowy."
            ),
        ),
        "en": Original(
            subject="Your account in Okienko",
            body=(
                "Good morning,\n\n"
                "you have an account in Okienko ({{name}}). Set your password on this page:\n{{link}}\n\n"
                "The link works for {{days}} {{days|day|days}}. After that, ask an administrator for a new one."
            ),
        ),
        "uk": Original(
            subject="Ваш обліковий запис в Okienko",
            body=(
                "Добрий день!\n\n"
                "Ви маєте обліковий запис в Okienko ({{name}}). Установіть пароль на цій сторінці:\n{{link}}\n\n"
                "Посилання діє {{days}} {{days|день|дні|днів}}. Потім попросіть адміністратора про нове."
            ),
        ),
    },
)

TRIED = Notice(
    code="messages.tried",
    name=_("Trial of the way out"),
    placeholders=(Placeholder("name", _("who tries"), "Anna Przykładowa"),),
    originals={
        "pl": Original(
            subject="Próba wysyłki",
            body="Dzień dobry,\n\nta wiadomość wyszła na próbę, na prośbę: {{name}}. Skoro ją czytasz, poczta wychodzi.",
            sms="Wiadomość próbna, na prośbę: {{name}}.",
        ),
        "en": Original(
            subject="Trial of sending",
            body="Good morning,\n\nthis message was sent as a trial, asked for by {{name}}. As you read it, mail goes out.",
            sms="A trial message, asked for by {{name}}.",
        ),
        "uk": Original(
            subject="Пробне надсилання",
            body="Добрий день!\n\nЦе пробне повідомлення, на прохання: {{name}}. Якщо ви його читаєте, пошта надсилається.",
            sms="Пробне повідомлення, на прохання: {{name}}.",
        ),
    },
)
