from __future__ import annotations

from typing import Any

import pytest
from tests.office.oracle.known import AT, BY, GROUPS, JOINED, KINDS, STAFF, UNITS

from okienko.features.faults.actions import add_category
from okienko.features.faults.joining.actions import join
from okienko.kernel.calendars.factories import CITY, make_calendar
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Unit


@pytest.fixture
def office(db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_calendar(by=BY, at=AT, week=CITY)
    units: dict[str, Unit] = {}
    for symbol, parent in UNITS.items():
        units[symbol] = add_unit(by=BY, at=AT, symbol=symbol, name=symbol, parent=units.get(parent))
    groups = {
        symbol: add_group(by=BY, at=AT, unit=units[unit], symbol=symbol, name=symbol, kind=KINDS[symbol])
        for symbol, unit in GROUPS.items()
    }
    add_category(by=BY, at=AT, code="dziury", shortcut="NA", name="Dziury")
    for symbol in sorted(JOINED):
        told: dict[str, Any] = {"asked_by": "Jan Próbny", "agreed_on": AT.date(), "starts_on": AT.date()}
        join(units[symbol], by=BY, at=AT, **told)
    for name, role, place in STAFF:
        where: dict[str, Any] = {"unit": units.get(place), "group": groups.get(place)}
        make_staff(f"{name}@okienko.example", *([role] if role else []), by=BY, at=AT, **where)
