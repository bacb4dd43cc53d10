"""Days, moments and lengths of time as the reader writes them. A list shows a hundred days, so what is all digits is
written here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

_FORMS = {"short": "SHORT_DATETIME_FORMAT", "date": "DATE_FORMAT", "time": "TIME_FORMAT"}
_DIGITS = {
    "d": "{0.day:02}",
    "j": "{0.day}",
    "m": "{0.month:02}",
    "n": "{0.month}",
    "Y": "{0.year:04}",
    "H": "{0.hour:02}",
    "i": "{0.minute:02}",
}


Write = Callable[[date], SafeString]


def writer(form: str = "") -> Write:
    """`form` is "short", "date" or "time". What a language and a place settle is settled once for many moments."""
    zone = timezone.get_current_timezone()
    of_day = _written("SHORT_DATE_FORMAT" if form == "short" else "DATE_FORMAT")
    of_moment = _written(_FORMS.get(form, "DATETIME_FORMAT"))

    def write(at: date) -> SafeString:
        shown = of_day(at) if not isinstance(at, datetime) else of_moment(local(at))
        return mark_safe(f'<time datetime="{at.isoformat()}">{shown}</time>')

    def local(at: datetime) -> datetime:
        return at.astimezone(zone) if timezone.is_aware(at) else at

    return write


def _written(name: str) -> Callable[[date], str]:
    pattern = formats.get_format(name)
    return _in_digits(pattern) or (lambda local: escape(formats.date_format(local, pattern)))


@cache
def _in_digits(pattern: str) -> Callable[[date], str] | None:
    """A way to write such a pattern, unless it has words or anything else that a language shapes."""
    if not all(sign in _DIGITS or sign in " .,:/-" for sign in pattern):
        return None
    return "".join(_DIGITS.get(sign, sign) for sign in pattern).format


def hours_and_minutes(minutes: int) -> str:
    """How long, as one would say it."""
    hours, minutes = divmod(minutes, 60)
    said = []
    if hours or not minutes:
        said.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours})
    if minutes:
        said.append(ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
    return " ".join(said)
