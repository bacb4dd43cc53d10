"""What is made in Python for speed says exactly what Django would have said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.functional import lazystr
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from hypothesis import given, settings
from hypothesis import strategies as st

from okienko.ui.addresses import each
from okienko.ui.markup import safe
from okienko.ui.moments import writer

FORMS = {
    "short": "SHORT_DATETIME_FORMAT",
    "date": "DATE_FORMAT",
    "time": "TIME_FORMAT",
    "": "DATETIME_FORMAT",
}
LANGUAGES = st.sampled_from(["pl", "uk", "en"])
texts = st.text(max_size=40)


@given(
    st.one_of(
        texts,
        texts.map(mark_safe),
        texts.map(lazystr),
        texts.map(lambda text: [text]),
        st.integers(),
        st.none(),
    )
)
def test_text_is_escaped_as_django_does(value: Any) -> None:
    assert safe(value) == conditional_escape(value)


@pytest.mark.req("CORE-50")
@given(
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 2)),  # noqa: DTZ001
    st.sampled_from(sorted(FORMS)),
    LANGUAGES,
)
def test_a_moment_is_written_as_the_language_has_it(at: datetime, form: str, language: str) -> None:
    with translation.override(language):
        shown = formats.date_format(timezone.localtime(at), FORMS[form])
        assert writer(form)(at) == format_html('<time datetime="{}">{}</time>', at.isoformat(), shown)


@pytest.mark.req("CORE-50")
@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["short", ""]), LANGUAGES)
def test_a_day_is_written_as_the_language_has_it(day: date, form: str, language: str) -> None:
    with translation.override(language):
        shown = formats.date_format(day, "SHORT_DATE_FORMAT" if form else "DATE_FORMAT")
        assert writer(form)(day) == format_html('<time datetime="{}">{}</time>', day.isoformat(), shown)


@pytest.mark.req("CORE-50")
@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("pl", "3 grudnia 2026, 14:05", "03.12.2026"),
        ("en", "3 December 2026, 14:05", "03/12/2026"),
        ("uk", "3 грудня 2026, 14:05", "03.12.2026"),
    ],
)
def test_dates_are_written_as_people_of_each_language_write_them(
    language: str, long: str, short: str
) -> None:
    at = datetime(2026, 12, 3, 13, 5, tzinfo=UTC)
    with translation.override(language):
        assert f">{long}</time>" in writer("")(at)
        assert f">{short}</time>" in writer("short")(at.date())


@settings(deadline=None)  # the first of them reads all addresses there are
@given(st.text(min_size=1, max_size=30).filter(lambda key: "/" not in key and key.isprintable()))
def test_the_address_of_a_row_is_what_reverse_says(key: str) -> None:
    assert each("visits:booking")(key) == reverse("visits:booking", args=[key])


@pytest.mark.parametrize(("page", "key"), [("cases:case", "1047113"), ("people:person", 7)])
def test_the_address_of_a_row_of_each_list(page: str, key: Any) -> None:
    assert each(page)(key) == reverse(page, args=[key])
