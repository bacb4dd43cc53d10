"""The address of a list: whatever stands in it, an answer comes; the same view always has the same address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from okienko.ui.lists import (
    BulkAction,
    Column,
    Cursor,
    CursorError,
    Dates,
    Definition,
    Filter,
    ListPage,
    ListRequest,
    Sort,
    Total,
)

TODAY = date(2026, 12, 3)
DEFINITION = Definition(
    columns=(
        Column("number", "Number", "number", sort="number", fixed=True, align="end"),
        Column("title", "Title", "title", sort="title"),
        Column("opened", "Opened", "opened"),
        Column("fee", "Fee", "fee", default=False),
    ),
    filters=(
        Filter("state", "State", choices=(("new", "New"), ("open", "Open")), multiple=True),
        Filter("unit", "Unit", choices=(("1", "One"), ("2", "Two"))),
        Filter("late", "Late", kind="yes-no"),
        Filter("opened", "Opened", kind="dates"),
        Filter("street", "Street", kind="text"),
    ),
    sort="-number",
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30),
)


@dataclass
class Row:
    number: int
    title: str
    opened: datetime
    fee: Decimal

    @property
    def pk(self) -> int:
        return self.number

    def __str__(self) -> str:
        return self.title


def asked(query: str) -> ListRequest:
    return ListRequest.from_query(QueryDict(query), DEFINITION, today=TODAY)


@given(st.lists(values, min_size=1, max_size=8), st.sampled_from(["", "-number", "title"]))
def test_a_place_in_a_list_survives_the_address(row: list[Any], order: str) -> None:
    cursor = Cursor(order, tuple(row))
    read = Cursor.decode(cursor.encode(), order)
    assert read == cursor
    assert [type(one) for one in read.values] == [type(one) for one in cursor.values]


def test_a_place_belongs_to_its_order() -> None:
    with pytest.raises(CursorError):
        Cursor.decode(Cursor("title", ("a", 1)).encode(), "-number")


@given(
    st.one_of(
        st.text(max_size=60), st.binary(max_size=60).map(lambda raw: Cursor("", (str(raw),)).encode()[1:])
    )
)
def test_any_other_text_is_not_a_place(text: str) -> None:
    try:
        Cursor.decode(text, "")
    except CursorError:
        return
    assert isinstance(Cursor.decode(text, "").values, tuple)


@pytest.mark.req("CORE-24")
def test_filters_give_the_query_side_what_it_understands() -> None:
    request = asked(
        "state=new&state=open&unit=2&late=no&opened_from=1.12.2026&opened_to=jutro&street=%C5%81%C4%85kowa&q=+lamp+"
    )
    assert request.problems == ()
    assert request.search == "lamp"
    assert request.filters == {
        "state": ("new", "open"),
        "unit": "2",
        "late": False,
        "opened": Dates(date(2026, 12, 1), date(2026, 12, 4)),
        "street": "Łąkowa",
    }
    assert request.sort == Sort("number", descending=True)


@pytest.mark.req("CORE-24")
def test_the_address_is_the_view() -> None:
    request = asked("opened_to=jutro&late=yes&sort=title&column=title&column=fee&size=100&q=a%26b&after=zzz")
    again = asked(request.address()[1:])
    assert again.address() == request.address()
    assert (again.filters, again.sort, again.columns, again.size, again.search) == (
        request.filters,
        request.sort,
        request.columns,
        request.size,
        "a&b",
    )
    assert asked("").address() == "?"


@pytest.mark.req("CORE-24")
def test_columns_are_chosen_and_ordered_and_the_fixed_one_stays() -> None:
    names = [column.name for column in asked("column=fee&column=title").columns]
    assert names == ["number", "fee", "title"]
    moved = [column.name for column in asked("column=number&column=fee&column=title&move=title:up").columns]
    assert moved == ["number", "title", "fee"]
    assert [column.name for column in asked("move=number:up").columns] == ["number", "title", "opened"]


@pytest.mark.req("CORE-24", "CORE-55")
@pytest.mark.parametrize(
    "query",
    [
        "column=nothing",
        "sort=fee",
        "sort=--number",
        "after=%F0%9F",
        "size=7",
        "before=bm9wZQ",
        "late=maybe",
        "unit=3",
        "state=new&state=gone",
        "opened_from=kiedys",
        "opened_from=2.12.2026&opened_to=1.12.2026",
        "unknown=1",
        "street=" + "x" * 300,
    ],
)
def test_what_makes_no_sense_is_left_out_and_said(query: str) -> None:
    with translation.override("en"):
        request = asked(query)
    assert len(request.problems) == 1
    assert request.after is None
    assert not request.form.errors or set(request.form.errors) <= {
        "late",
        "unit",
        "state",
        "opened_from",
        "opened_to",
        "street",
    }


@given(
    st.dictionaries(
        st.sampled_from(
            ["q", "column", "sort", "after", "before", "size", "move", "late", "opened_from", "state", "x"]
        ),
        st.text(max_size=20),
    )
)
def test_no_address_breaks_a_list(parameters: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    for name, value in parameters.items():
        query[name] = value
    request = ListRequest.from_query(query, DEFINITION, today=TODAY)
    assert request.columns
    assert request.size in DEFINITION.sizes


def test_a_filter_may_not_take_a_name_of_the_list_itself() -> None:
    with pytest.raises(ValueError, match="sort"):
        Filter("sort", "Sort")


def page(query: str = "", rows: int = 2) -> ListPage:
    return ListPage(
        name="cases",
        title="Cases",
        request=asked(query),
        rows=[
            Row(n, f"<b>{n}</b>", datetime(2026, 12, 3, 9, 30, tzinfo=UTC), Decimal("2.5"))
            for n in range(rows)
        ],
        total=Total(1000, more=True),
        next=Cursor("-number", (1,)),
        url_of=lambda row: f"/cases/{row.pk}/",
        bulk=[BulkAction("close", "Close")],
        bulk_url="/bulk/",
        exports=[("CSV", "/cases.csv")],
    )


@pytest.mark.req("CORE-24", "CORE-51")
def test_a_list_is_shown() -> None:
    with translation.override("en"):
        markup = render_to_string("ui/lists/list.html", {"list": page("late=yes&column=number&column=title")})
    assert "more than 1,000" in markup or "more than 1000" in markup
    assert "&lt;b&gt;1&lt;/b&gt;" in markup
    assert 'aria-sort="descending"' in markup
    assert "after=" in markup
    assert 'href="/cases.csv?late=yes' in markup
    assert "Late: Yes" in markup
    assert 'name="selected" value="1"' in markup
    assert "style=" not in markup


@pytest.mark.req("CORE-24")
def test_an_empty_list_says_why() -> None:
    with translation.override("en"):
        assert "Nothing here yet" in render_to_string("ui/lists/list.html", {"list": page(rows=0)})
        narrowed = render_to_string("ui/lists/list.html", {"list": page("late=yes", rows=0)})
    assert "Nothing fits these filters" in narrowed


HOSTILE = """<script>alert('1')</script> & "x" onload=\"2\" """


@pytest.mark.req("CORE-24")
@pytest.mark.parametrize(
    "value", [HOSTILE, gettext_lazy(HOSTILE), [HOSTILE], format_html("<b>{}</b>", HOSTILE)]
)
def test_whatever_stands_in_a_row_stays_text(value: Any) -> None:
    columns = (
        Column("number", HOSTILE, "number", fixed=True),
        Column("title", gettext_lazy(HOSTILE), lambda row: value),
        Column("shown", "Shown", lambda row: value, show=lambda row, shown: str(shown)),
    )
    request = ListRequest.from_query(QueryDict(), Definition(columns))
    shown = replace(
        page(),
        request=request,
        rows=[{"number": HOSTILE}],
        key_of=lambda row: HOSTILE,
        name_of=lambda row: HOSTILE,
        url_of=lambda row: HOSTILE,
    )
    markup = f"{shown.body}{shown.column_choices}"
    assert "<script" not in markup
    assert "'1'" not in markup
    assert '"x"' not in markup
    assert 'onload="' not in markup


def test_what_says_that_it_is_markup_is_left_so() -> None:
    request = ListRequest.from_query(
        QueryDict(), Definition((Column("title", "Title", lambda row: format_html("<b>{}</b>", "&")),))
    )
    assert ">&amp;</b></a></td>" in replace(page(), request=request).body


@pytest.mark.req("CORE-24", "CORE-50")
def test_filters_and_columns_that_are_kept_speak_the_language_of_the_reader() -> None:
    definition = Definition(
        (Column("a", gettext_lazy("Yes"), "a"),), (Filter("b", gettext_lazy("No"), kind="yes-no"),)
    )
    seen = {}
    for language in ("pl", "uk", "en", "pl"):
        with translation.override(language):
            shown = replace(page(), request=ListRequest.from_query(QueryDict(), definition))
            markup = f"{shown.request.form.markup}{shown.column_choices}"
            assert str(gettext_lazy("Yes")) in markup
            assert str(gettext_lazy("No")) in markup
            assert seen.setdefault(language, markup) == markup
    assert len(set(seen.values())) == 3


@pytest.mark.req("CORE-24")
def test_filters_look_the_same_whether_they_are_kept_or_made_anew() -> None:
    with translation.override("pl"):
        kept = asked("").form.markup
        made = asked("street=Ł").form.markup
    assert made == kept.replace('name="street"', 'name="street" value="Ł"')
    assert 'value="2" selected' in asked("unit=2").form.markup
    assert 'class="field wrong"' in asked("opened_from=never").form.markup
