"""An office for these tests: a notice of its own, about units, whose numbers have a check digit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from okienko.base.numbers import with_check_digit
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages import declaring
from okienko.kernel.messages.actions import Recipient, send
from okienko.kernel.messages.declaring import About, Notice, Original, Placeholder
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.rules.wording import Kind
from okienko.kernel.people.access import may
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ANNA = "anna@example.org"

NOTICE = Notice(
    code="test.confirmed",
    name="Confirmation",
    placeholders=(
        Placeholder("number", "case number", "100 014"),
        Placeholder("name", "name", "Anna"),
        Placeholder("count", "days left", 3, Kind.NUMBER),
        Placeholder("day", "day", datetime(2026, 12, 24, tzinfo=UTC).date(), Kind.DATE),
    ),
    originals={
        "pl": Original(
            "Potwierdzenie dla {{name}}",
            "Dzień dobry, {{name}}.\nSprawa {{number}} {{day:on}}, za {{count}} {{count|dzień|dni|dni}}.\n\nhttps://okienko.example/",
            "Sprawa {{number}}: zażółć {{name}}",
        ),
        "en": Original("Confirmed for {{name}}", "Hello {{name}}, {{number}}, {{count|day|days}}, {{day}}."),
        "uk": Original("Підтвердження", "{{name}} {{number}}"),
    },
    variants=lambda: {"passport": "Passports"},
    subject_type="units.unit",
    data_of=lambda unit: {**DATA, "name": unit.name},
)
DATA: dict[str, Any] = {"number": "100 014", "name": "Żaneta <b>", "count": 5, "day": AT.date()}


def number_of(unit: Unit) -> str:
    return with_check_digit(10_000 + unit.pk)


ABOUT = About(
    by_id=lambda pk: Unit.objects.filter(pk=pk).first(),
    number_of=number_of,
    by_number=lambda number: Unit.objects.filter(pk=int(number[:-1]) - 10_000).first(),
    knows=lambda unit, address: address == ANNA,
    visible=lambda person: Unit.objects.all() if may(person, "units.see") else Unit.objects.none(),
    address_of=lambda unit: "/",
    holder=lambda unit: (unit.pk, None),
)


@contextmanager
def declared() -> Iterator[None]:
    """The notice and what it is about, as a module would declare them when the system starts."""
    notices, abouts, intakes = (dict(declaring._notices), dict(declaring._abouts), list(declaring._intakes))
    declaring.register(NOTICE)
    declaring.about("units.unit", ABOUT)
    try:
        yield
    finally:
        declaring._notices, declaring._abouts, declaring._intakes = notices, abouts, intakes


def make_unit() -> Unit:
    return add_unit(by=BY, at=LONG_AGO, symbol="UM", name="Urząd Miasta")


def write(
    unit: Unit, *, cause: str = "visit:1", email: str = ANNA, phone: str = "", at: datetime = AT, **more: Any
) -> list[Message]:
    to = Recipient(email=email, phone=phone, language=more.pop("language", "pl"))
    return send("test.confirmed", to=to, subject=unit, data=DATA, cause=cause, by=BY, at=at, **more)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **more: float) -> datetime:
        self.at += timedelta(**more)
        return self.at
