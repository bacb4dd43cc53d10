from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.kernel.calendars import rules, words
from okienko.kernel.calendars.models import Calendar, Clock
from okienko.kernel.calendars.queries import Hours, OwnDay, missing
from okienko.kernel.units.models import Unit
from okienko.ui.forms import DateTimeField, Form, WholeNumberField

LONGEST_HOURS = 400

_TIME = r"\d{1,2}(?:[:.]\d{2})?"
_INTERVAL = rf"{_TIME}\s*[-–]\s*{_TIME}"
_HOURS = re.compile(rf"({_INTERVAL})(\s*[,;]\s*{_INTERVAL})*", re.ASCII)
_DATE = re.compile(
    r"(?P<d1>\d{1,2})\.(?P<m1>\d{1,2})\.(?P<y1>\d{4})|(?P<y2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})", re.ASCII
)
_STOP = re.compile(
    r"(?P<date1>\S+)\s+(?P<h1>\d{1,2})[:.](?P<m1>\d{2})"
    r"(\s*[-–]\s*(?P<date2>\S+)\s+(?P<h2>\d{1,2})[:.](?P<m2>\d{2}))?(\s*[-–])?",
    re.ASCII,
)
_OWN_DAY = re.compile(
    rf"(?P<date>\S+)\s*(?P<hours>({_INTERVAL}\s*[,;]?\s*)*)(?P<note>.*)", re.ASCII | re.DOTALL
)


# What most offices begin with.
_USUAL = {
    "statutory": True,
    "timezone": "Europe/Warsaw",
    **dict.fromkeys(rules.WEEKDAYS[:5], "8:00-16:00"),
}


def read_hours(text: str) -> rules.Hours:
    """“8:00-12:00, 12:30-16:00” or “8-12, 12:30-16” as intervals."""
    text = text.strip()
    if not text:
        return ()
    if not _HOURS.fullmatch(text):
        raise ValidationError(words.wrong(rules.WrongQuestion("hours", "")), code="hours")
    pairs = [
        [_with_minutes(part.strip().replace(".", ":")) for part in re.split("[-–]", interval)]
        for interval in re.split("[,;]", text)
    ]
    try:
        return rules.parse_hours(pairs, "")
    except rules.WrongQuestion as refused:
        raise ValidationError(words.wrong(refused), code=refused.code) from refused


def _with_minutes(time: str) -> str:
    return (time if ":" in time else f"{time}:00").zfill(5)


def read_date(text: str) -> date | None:
    """“24.12.2026” or “2026-12-24”: written out, since words such as tomorrow mean another day every day."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        found = date(
            int(match["y1"] or match["y2"]), int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"])
        )
    except ValueError:
        return None
    return found if rules.FIRST_YEAR <= found.year <= rules.LAST_YEAR else None


def written(hours: rules.Hours) -> str:
    return ", ".join(f"{rules.clock(opens)}-{rules.clock(closes)}" for opens, closes in hours)


class HoursField(forms.Field):
    def to_python(self, value: Any) -> rules.Hours:
        return read_hours(str(value or "")[:LONGEST_HOURS])

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, tuple) else value


class OwnDaysField(forms.Field):
    """One date on a line: “24.12.2026 8:00-12:00 shorter day”; without hours the office is closed."""

    widget = forms.Textarea(attrs={"rows": 8})

    def to_python(self, value: Any) -> dict[date, OwnDay]:
        found: dict[date, OwnDay] = {}
        for number, line in enumerate(str(value or "").splitlines(), start=1):
            if line.strip():
                on, day = self._line(number, line.strip())
                if on in found:
                    raise ValidationError(
                        _("Line %(number)s: this date is already there."),
                        code="repeated",
                        params={"number": number},
                    )
                found[on] = day
        return found

    def _line(self, number: int, line: str) -> tuple[date, OwnDay]:
        match = _OWN_DAY.fullmatch(line)
        on = read_date(match["date"]) if match else None
        if match is None or on is None:
            raise ValidationError(
                _("Line %(number)s: begin with a date, such as 24.12.2026."),
                code="date",
                params={"number": number},
            )
        try:
            hours = read_hours(match["hours"].strip().rstrip(",;"))
        except ValidationError as refused:
            raise ValidationError(
                _("Line %(number)s: %(problem)s"),
                code="hours",
                params={"number": number, "problem": refused.messages[0]},
            ) from refused
        note = match["note"].strip()
        if len(note) > 200:
            raise ValidationError(
                _("Line %(number)s: the note is too long, at most 200 characters."),
                code="note",
                params={"number": number},
            )
        return on, OwnDay(hours, note)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "\n".join(
            " ".join(filter(None, (f"{on:%d.%m.%Y}", written(day.hours), day.note)))
            for on, day in sorted(value.items())
        )


class HoursForm(Form):
    """When an office works: its week, days off by statute, dates of its own."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    statutory = forms.BooleanField(label=gettext_lazy("Closed on days off by statute"), required=False)
    own_days = OwnDaysField(
        label=gettext_lazy("Dates with hours of their own"),
        required=False,
        help_text=gettext_lazy(
            "One date on a line, then hours, then why: 24.12.2026 8:00-12:00 shorter day. "
            "Without hours the office is closed. What stands here wins over weekly hours and days off."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for code, name in zip(rules.WEEKDAYS, words.WEEKDAYS, strict=True):
            self.fields[code] = HoursField(label=name, required=False)

    def weekdays(self) -> Iterator[forms.BoundField]:
        return (self[code] for code in rules.WEEKDAYS)

    def proposed(self, timezone: str) -> Hours:
        mon, tue, wed, thu, fri, sat, sun = (self.cleaned_data[code] for code in rules.WEEKDAYS)
        week = rules.Week((mon, tue, wed, thu, fri, sat, sun))
        return Hours(timezone, week, self.cleaned_data["statutory"], self.cleaned_data["own_days"])


class NewCalendarForm(HoursForm):
    """A calendar of an office that has none yet, or of a unit with hours of its own."""

    code = forms.SlugField(
        label=gettext_lazy("Short name for programs"),
        max_length=40,
        help_text=gettext_lazy("Letters, digits and hyphens, such as branch-2. It stays as it is."),
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Unit"), required=False)
    timezone = forms.CharField(label=gettext_lazy("Time zone"), max_length=50)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, units: Any, whole_office: bool, **kwargs: Any
    ) -> None:
        # A calendar that deadlines wait for is what whoever adds one most likely means.
        super().__init__(data, initial=_USUAL | {"code": next(iter(missing()), "")}, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101
        unit.queryset, unit.required = units, not whole_office
        unit.empty_label = _("whole office") if whole_office else None


class CalendarForm(HoursForm):
    running = forms.ChoiceField(
        label=gettext_lazy("Deadlines that already run"),
        choices=[
            ("recompute", gettext_lazy("reckon them anew by the new hours")),
            ("keep", gettext_lazy("keep them as they are")),
        ],
        widget=forms.RadioSelect,
        initial="recompute",
    )
    note = forms.CharField(label=gettext_lazy("Why it changes"), max_length=500, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def values_of(calendar: Calendar, hours: Hours) -> dict[str, Any]:
        return {
            "name": calendar.name,
            "statutory": hours.statutory,
            "own_days": hours.own_days,
            "running": "recompute",
            "version": calendar.version,
            **dict(zip(rules.WEEKDAYS, hours.week.days, strict=True)),
        }


class StopsField(forms.Field):
    """One stop on a line: “10.11.2026 9:00 - 12.11.2026 8:30”; without its end the clock still stands."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> list[rules.Stop]:
        lines = enumerate(str(value or "").splitlines(), start=1)
        return [self._line(number, line.strip()) for number, line in lines if line.strip()]

    def _line(self, number: int, line: str) -> rules.Stop:
        match = _STOP.fullmatch(line)
        begins = self._moment(match, "1") if match else None
        ends = self._moment(match, "2") if match and match["date2"] else None
        if match is None or begins is None or (match["date2"] and ends is None):
            raise ValidationError(
                _("Line %(number)s: write it as 10.11.2026 9:00 - 12.11.2026 8:30."),
                code="stop",
                params={"number": number},
            )
        if ends is not None and ends < begins:
            raise ValidationError(
                _("Line %(number)s: %(problem)s"),
                code="reversed",
                params={"number": number, "problem": words.wrong(rules.WrongQuestion("reversed", ""))},
            )
        return begins, ends

    @staticmethod
    def _moment(match: re.Match[str], which: str) -> datetime | None:
        on, hour, minute = read_date(match["date" + which]), int(match["h" + which]), int(match["m" + which])
        if on is None or hour > 23 or minute > 59:
            return None
        try:
            return from_current_timezone(datetime.combine(on, time(hour, minute)))
        except ValidationError:  # the hour that the change of time leaves out or repeats
            return None


UNTIL = "until"


class DeadlineForm(Form):
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(), label=gettext_lazy("Calendar"), empty_label=None
    )
    event = DateTimeField(label=gettext_lazy("When it came"))
    counts_from = forms.ChoiceField(
        label=gettext_lazy("From when it counts"), choices=Clock.CountsFrom.choices
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is asked"),
        choices=[
            *((kind.value, name) for kind, name in words.KINDS.items()),
            (UNTIL, gettext_lazy("how much working time until a moment")),
        ],
    )
    amount = WholeNumberField(label=gettext_lazy("How many"), min_value=0, required=False)
    until = DateTimeField(label=gettext_lazy("Until which moment"), required=False)
    basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=300, required=False)
    stops = StopsField(
        label=gettext_lazy("Stops: when the clock stood still"),
        required=False,
        help_text=gettext_lazy(
            "One stop on a line: 10.11.2026 9:00 - 12.11.2026 8:30. Leave its end out when the clock still stands."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, calendars: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        calendar = self.fields["calendar"]
        assert isinstance(calendar, forms.ModelChoiceField)  # noqa: S101
        calendar.queryset = calendars

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        kind, amount = values.get("kind"), values.get("amount")
        if kind == UNTIL:
            if values.get("until") is None and "until" not in self.errors:
                self.add_error("until", ValidationError(_("Write until which moment."), code="required"))
        elif "amount" not in self.errors and (
            amount is None or (amount == 0 and kind in {known.value for known in rules.AT_LEAST_ONE})
        ):
            self.add_error(
                "amount", ValidationError(words.wrong(rules.WrongQuestion("amount", "")), code="amount")
            )
        return values

    def asks_until(self) -> bool:
        return bool(self.cleaned_data["kind"] == UNTIL)

    def rule(self) -> rules.Rule:
        values = self.cleaned_data
        return rules.Rule(rules.Kind(values["kind"]), values["amount"], values["basis"])
