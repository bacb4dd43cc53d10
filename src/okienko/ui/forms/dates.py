"""Days and hours: typed as people write them, or picked from a calendar where scripts run."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from okienko.base.time import WARSAW
from okienko.ui.forms.reading import read_date, read_time


class DateInput(forms.DateInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "size": 20} | (attrs or {}), format="%d.%m.%Y")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        words = _date_words(get_language())
        return super().get_context(name, value, {**(attrs or {}), "data-date-picker": words})


@cache
def _date_words(language: str) -> str:
    """For the calendar that scripts open; the words are those of the language that is on."""
    words = {
        "open": _("Choose a day"),
        "title": _("Day"),
        "previous": _("Previous month"),
        "next": _("Next month"),
        "previousYear": _("Previous year"),
        "nextYear": _("Next year"),
        "close": _("Close"),
        "keys": _("Arrows move by days and weeks, Page Up and Page Down by months."),
    }
    return json.dumps(words)


class TimeInput(forms.TimeInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "size": 10} | (attrs or {}), format="%H:%M")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        words = {"open": _("Choose an hour"), "title": _("Hour"), "close": _("Close")}
        return super().get_context(name, value, {**(attrs or {}), "data-time-picker": json.dumps(words)})


class DateField(forms.DateField):
    widget = DateInput
    default_error_messages = {
        "invalid": gettext_lazy("There is no such day. Write it like 3.12.2026 or 3 December 2026."),
        "too_early": gettext_lazy("This is too early: choose %(earliest)s or later."),
        "too_late": gettext_lazy("This is too late: choose %(latest)s or earlier."),
    }

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today: date | None = None
        self.earliest, self.latest = earliest, latest
        for name, limit in (("data-min", earliest), ("data-max", latest)):
            if limit is not None:
                self.widget.attrs[name] = limit.isoformat()

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return timezone.localdate(value)
        if isinstance(value, date):
            return value
        found = read_date(str(value)[:100], self.today or timezone.localdate())
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def validate(self, value: date | None) -> None:
        super().validate(value)
        for code, limit in (("too_early", self.earliest), ("too_late", self.latest)):
            wrong = value is not None and limit is not None
            if wrong and (value < limit if code == "too_early" else value > limit):  # type: ignore[operator]
                shown = {"earliest" if code == "too_early" else "latest": date_format(limit, "DATE_FORMAT")}  # type: ignore[arg-type]
                raise ValidationError(self.error_messages[code], code=code, params=shown)


class TimeField(forms.TimeField):
    widget = TimeInput
    default_error_messages = {"invalid": gettext_lazy("There is no such hour. Write it like 9:30.")}

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.time()
        if isinstance(value, time):
            return value
        found = read_time(str(value)[:100])
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class DateTimeInput(forms.MultiWidget):
    template_name = "ui/widgets/date_time.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"day": DateInput(), "hour": TimeInput()}, attrs)

    def decompress(self, value: datetime | None) -> list[Any]:
        if value is None:
            return [None, None]
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return [local.date(), local.time()]


class DateTimeField(forms.MultiValueField):
    """A moment of local time; an hour that the clocks skip is refused, of a doubled one the first is meant."""

    widget = DateTimeInput
    default_error_messages = {
        "incomplete": gettext_lazy("Write both the day and the hour."),
        "skipped": gettext_lazy(
            "There is no such hour on that day: the clocks go forward. Choose another one."
        ),
    }

    def __init__(self, *, zone: ZoneInfo = WARSAW, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__((DateField(), TimeField()), require_all_fields=False, **kwargs)

    @property
    def today(self) -> date | None:
        return self._day.today

    @today.setter
    def today(self, today: date | None) -> None:
        self._day.today = today

    @property
    def _day(self) -> DateField:
        return cast(DateField, self.fields[0])

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list or data_list[0] is None or data_list[1] is None:
            return None
        moment = datetime.combine(data_list[0], data_list[1], self.zone)
        if moment.astimezone(ZoneInfo("UTC")).astimezone(self.zone).time() != moment.time():
            raise ValidationError(self.error_messages["skipped"], code="skipped")
        return moment
