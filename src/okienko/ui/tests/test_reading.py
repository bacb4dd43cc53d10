"""Days and hours as people type them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.time import WARSAW
from okienko.ui.forms import DateField, DateTimeField, DecimalField, Form, MoneyField, WholeNumberField
from okienko.ui.forms.reading import MONTHS, read_date, read_time

TODAY = date(2026, 12, 3)


@pytest.mark.req("CORE-50", "CORE-55")
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3.12.2026", TODAY),
        ("03.12.2026 r.", TODAY),
        ("3 grudnia 2026", TODAY),
        ("3 GRUDNIA 2026 roku", TODAY),
        ("3 grudzień 2026", TODAY),
        ("3 gru 2026", TODAY),
        ("3 XII 2026", TODAY),
        ("03-12-26", TODAY),
        ("3/12/2026", TODAY),
        ("2026-12-03", TODAY),
        ("03122026", TODAY),
        ("3 December 2026", TODAY),
        ("3 грудня 2026 р.", TODAY),
        ("3.12", TODAY),
        ("3 grudnia", TODAY),
        ("  jutro ", date(2026, 12, 4)),
        ("dziś", TODAY),
        ("pojutrze", date(2026, 12, 5)),
        ("wczoraj", date(2026, 12, 2)),
        ("завтра", date(2026, 12, 4)),
        ("29.02.2028", date(2028, 2, 29)),
        ("7.5.51", date(1951, 5, 7)),
        ("15 sierpnia 2027", date(2027, 8, 15)),
        ("1 paź 2026", date(2026, 10, 1)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert read_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31.02.2026",
        "3.13.2026",
        "ma 2026",
        "3 foo 2026",
        "0.0.0",
        "2026",
        "3.12.20266",
        "1.1.0001",
        "x" * 500,
    ],
)
def test_what_is_not_a_day(text: str) -> None:
    assert read_date(text, TODAY) is None


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_quietly(text: str) -> None:
    read_date(text, TODAY)
    read_time(text)


@given(st.dates(date(1850, 1, 1), date(2199, 12, 31)), st.sampled_from([0, 1, 2, 3, 4]))
def test_every_day_is_read_in_every_writing(day: date, way: int) -> None:
    month = MONTHS[day.month - 1]
    texts = [
        f"{day.day}.{day.month}.{day.year}",
        day.isoformat(),
        f"{day.day} {month[1]} {day.year}",
        f"{day.day} {month[-1]} {day.year}",
        f"{day:%d%m%Y}",
    ]
    assert read_date(texts[way], TODAY) == day


@pytest.mark.parametrize(
    ("text", "hour"),
    [("9", time(9)), ("9:30", time(9, 30)), ("9.30", time(9, 30)), ("930", time(9, 30)), ("0930", time(9, 30)),
     ("godz. 14.05", time(14, 5)), ("23:59", time(23, 59)), ("24:00", None), ("9:60", None), ("rano", None)],
)  # fmt: skip
def test_hours(text: str, hour: time | None) -> None:
    assert read_time(text) == hour


class Times(Form):
    day = DateField(earliest=TODAY)
    at = DateTimeField(required=False)


def _times(**typed: str) -> Times:
    return Times({"day": "jutro"} | typed, today=TODAY)


@pytest.mark.req("CORE-55")
def test_fields_know_what_day_it_is_and_keep_what_was_typed() -> None:
    form = _times(at_day="dziś", at_hour="9.30")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 12, 4)
    assert form.cleaned_data["at"] == datetime(2026, 12, 3, 9, 30, tzinfo=WARSAW)
    early = _times(day="wczoraj")
    assert early.has_error("day", "too_early")
    assert 'value="wczoraj"' in str(early["day"])


@pytest.mark.req("CORE-55")
def test_an_hour_that_the_clocks_skip_is_refused_and_half_a_moment_too() -> None:
    assert _times(at_day="29.03.2026", at_hour="2:30").has_error("at", "skipped")
    assert not _times(at_day="25.10.2026", at_hour="2:30").errors
    with translation.override("en"):
        assert _times(at_day="29.03.2026").errors["at"] == ["Write both the day and the hour."]


class Numbers(Form):
    people = WholeNumberField(max_value=2_000_000)
    share = DecimalField()
    fee = MoneyField()


@pytest.mark.req("CORE-55")
def test_numbers_as_people_write_them() -> None:
    form = Numbers({"people": "1 234 567", "share": "0,5", "fee": "1 234,50 zł"})
    assert form.is_valid(), form.errors
    assert [str(value) for value in form.cleaned_data.values()] == ["1234567", "0.5", "1234.50"]
    assert set(Numbers({"people": "dwoje", "share": "NaN", "fee": "-1"}).errors) == {"people", "share", "fee"}
