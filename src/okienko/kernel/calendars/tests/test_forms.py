from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from okienko.kernel.calendars.forms import OwnDaysField, read_hours
from okienko.kernel.calendars.queries import OwnDay

HOUR = 3600
SPLIT = ((8 * HOUR, 12 * HOUR), (12 * HOUR + 1800, 15 * HOUR))


@pytest.mark.req("CORE-10", "BOOK-04")
@pytest.mark.parametrize(
    "written", ["8:00-12:00, 12:30-15:00", "8-12, 12:30-15", "8.00 – 12; 12.30–15", "08:00-12,12:30-15:00"]
)
def test_hours_are_read_as_people_write_them(written: str) -> None:
    assert read_hours(written) == SPLIT


@pytest.mark.req("CORE-10")
def test_a_day_may_have_any_number_of_breaks() -> None:
    assert [opens // 60 for opens, _closes in read_hours("7-9, 9:15-11, 11:30-13, 13:05-15")] == [
        420, 555, 690, 785,
    ]  # fmt: skip


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    "written", ["8", "8-12-16", "16-8", "8-25", "8:5-12", "8-12 12:30-15", "8-10, 9-12", "od 8"]
)
def test_what_is_no_hours_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        read_hours(written)


@pytest.mark.req("CORE-10")
def test_own_days_take_the_same_hours_and_keep_the_rest_as_a_note() -> None:
    text = "24.12.2026 8-12 krócej\n31.12.2026 8-12, 12:30-15\n2.01.2027 awaria"
    assert OwnDaysField().to_python(text) == {
        date(2026, 12, 24): OwnDay(SPLIT[:1], "krócej"),
        date(2026, 12, 31): OwnDay(SPLIT, ""),
        date(2027, 1, 2): OwnDay((), "awaria"),
    }
