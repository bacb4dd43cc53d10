"""The list of cases reads copies that the database keeps, and takes short cuts: it must show what the long way does."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from okienko.kernel.calendars.actions import change_calendar
from okienko.kernel.calendars.queries import calendar_named
from okienko.kernel.cases import actions, lists
from okienko.kernel.cases.models import Case, Sight
from okienko.kernel.cases.tests.test_cases import (  # noqa: F401  (fixtures)
    AT,
    BY,
    LETTERS,
    as_,
    declared,
    office,
)
from okienko.kernel.cases.words import add_marks
from okienko.kernel.people.actions import hand_over
from okienko.kernel.units.actions import add_group
from okienko.ui.lists import Column, Cursor, ListRequest, Total, paging
from okienko.ui.lists.paging import in_order


def stale():
    return [
        (sight.pk, name)
        for sight in Sight.objects.select_related("case")
        for name in Sight.COPIES
        if getattr(sight, name) != getattr(sight.case, name)
    ]


def every_action(office):  # noqa: F811
    case = office.passed(kind="road")
    yield "registered and passed"
    office.do(case, "take", office.digger)
    yield "taken"
    office.do(case, "wait", office.digger, why="czekamy")
    yield "waiting"
    case = office.do(case, "go-on", office.digger, at=AT + timedelta(days=3))
    yield "resumed"
    actions.change_details(case.pk, by=as_(office.registry), at=AT, version=case.version, kind="park")
    yield "changed"
    part = actions.split(case.pk, by=as_(office.registry), at=AT, subject="Latarnia")
    office.do(part, "pass", office.registry, group=office.trees)
    yield "split"
    hand_over(office.digger, office.digger2, by=BY, at=AT)
    yield "handed over"
    calendar = calendar_named("office")
    change_calendar(
        calendar, by=BY, at=AT, version=calendar.version, running="recompute",
        week={"mon": [["08:00", "12:00"]]},
    )  # fmt: skip
    yield "reckoned anew"
    actions.merge(part.pk, case.pk, by=as_(office.registry), at=AT)
    yield "merged"
    office.do(case, "answer", office.digger, answer="Naprawiono")
    yield "answered"
    actions.forget_people(Case.objects.get(pk=case.pk), by=BY, at=AT)
    yield "forgotten"
    Case.objects.update(received_at=AT - timedelta(days=9), kind="other")
    yield "written by hand"


@pytest.mark.req("CORE-24")
def test_what_a_sight_repeats_of_its_case_is_never_stale(office):  # noqa: F811
    for deed in every_action(office):
        assert stale() == [], deed
    assert Sight.objects.count() >= 5


CASES = 24


@pytest.fixture
def full(office):  # noqa: F811
    """Cases of every state and place and of several months, many received in the same minute."""
    for number in range(CASES):
        case = office.case(
            f"Dziura {number}", kind=("road", "park")[number % 2],
            received_at=AT - timedelta(days=20 * (number // 9), minutes=number // 3), contact_phone=f"6000000{number:02}",
        )  # fmt: skip
        if number % 4:
            case = office.do(case, "pass", office.registry, group=office.holes)
        if number % 4 > 1:
            office.do(case, "pass", office.digger, group=office.trees)
        if number % 4 > 2:
            office.do(case, "answer", office.gardener, answer="x")
    return office


def asked(query, person):
    return ListRequest.from_query(QueryDict(query), lists.definition(LETTERS, person))


QUESTIONS = (
    "", "state=passed", "open=yes", "open=no&state=answered", "time=late", "time=soon", "mine=no", "mine=yes",
    "received_from=2026-11-20", "channel=phone", "q=dziura", "q=Dziura+7", "q=nieznane", "q=600000007", "state=waiting",
    "unit=drogi", "unit=PARKI&open=yes", "person=ogrodnik", "changed_from=2026-11-20", "changed_to=2026-11-20&mine=no",
)  # fmt: skip
ORDERS = ("", "sort=due", "sort=-due", "sort=number", "sort=received", "sort=-changed")


@pytest.mark.req("CORE-03", "CORE-24")
@pytest.mark.parametrize("few", [lists.FEW, 0], ids=["by-words", "along-the-order"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_pages_put_together_are_the_whole_list_of_what_one_may_see(full, question, few, monkeypatch):
    monkeypatch.setattr(lists, "FEW", few)
    now = AT + timedelta(days=30) if "late" in question else AT
    for person in (full.registry, full.digger, full.gardener, full.head):
        for order in ORDERS:
            request = asked(f"{question}&{order}&size=25", person)
            whole = list(in_order(lists.rows(LETTERS, request, person, now=now), request))
            assert whole or person is not full.registry or question in (
                "time=soon", "mine=yes", "q=nieznane", "state=waiting", "person=ogrodnik"
            )  # fmt: skip
            assert paged(request, person, now) == whole, (person, order)
            assert lists.page(LETTERS, request, person, now=now).total.number == len(whole)


def paged(request, person, now):
    """Page by page, seven rows at a time, there and back again."""
    request, found = replace(request, size=7), []
    while True:
        page = lists.page(LETTERS, request, person, now=now)
        found.append(list(page.rows))
        if page.next is None:
            break
        assert len(found) < CASES / 7, "the same rows come again"
        request = replace(request, after=page.next, before=None)
    back = [found[-1]]
    while page.previous is not None:
        assert len(back) < len(found), "the same rows come again"
        page = lists.page(LETTERS, replace(request, after=None, before=page.previous), person, now=now)
        back.insert(0, list(page.rows))
    assert back == found
    return [case for rows in found for case in rows]


@pytest.mark.req("CORE-24")
@pytest.mark.parametrize("place", ["first page", "further on"])
def test_a_list_asks_the_database_eight_times_at_most(client, full, place):
    client.force_login(full.head)
    address = "/sprawy/letter/?size=25"
    if place != "first page":
        seen = lists.rows(LETTERS, asked("", full.head), full.head, now=AT)
        row = seen.order_by("-received_at", "-pk")[3]
        address += f"&after={Cursor('-received', (row.received_at, row.pk)).encode()}"
    client.get(address)
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    assert len(made) <= 8, [query["sql"][:90] for query in made]


@pytest.mark.req("CORE-24")
def test_no_column_that_is_shown_asks_the_database_for_every_row(client, full):
    client.force_login(full.head)
    columns = "&".join(f"column={column.name}" for column in lists.definition(LETTERS, full.head).columns)
    for sort in ("number", "due", "-changed"):
        address = f"/sprawy/letter/?size=25&sort={sort}&{columns}"
        client.get(address)
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        assert len(made) <= 8, [query["sql"][:90] for query in made]


@pytest.mark.req("CORE-24")
def test_counting_stops_where_it_would_take_long(full, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED", 10)
    request = replace(asked("", full.registry), size=7)
    with CaptureQueriesContext(connection) as made:
        page = lists.page(LETTERS, request, full.registry, now=AT)
    assert page.total == Total(10, more=True)
    asked_for = [int(most) for query in made for most in re.findall(r"LIMIT (\d+)", query["sql"])]
    assert max(asked_for) == 11


@pytest.mark.req("CORE-24", "CORE-50")
def test_groups_to_choose_from_stand_in_the_order_of_the_alphabet(full):
    for number, name in enumerate(("Łąki", "Lasy", "Źródła", "Zieleń", "Ćmy", "Cmentarze", "Młyny")):
        add_group(by=BY, at=AT, unit=full.parks, symbol=f"P-{number + 2}", name=name)
    (groups,) = (one for one in lists.definition(LETTERS, full.registry).filters if one.name == "group")
    names = [name for _, name in groups.choices]
    assert names == ["Cmentarze", "Ćmy", "Drzewa", "Dziury", "Lasy", "Łąki", "Młyny", "Zieleń", "Źródła"]


def test_only_what_is_shown_is_read(full):
    request = asked("column=number&column=state", full.head)
    row = lists.page(LETTERS, request, full.head, now=AT).rows[0]
    assert {"description", "words", "contact_email", "group_id", "closed_at"} <= row.get_deferred_fields()
    added = Column("own", "Own", "spoken_number")
    row = lists.fetched((*request.columns, added), Case.objects.all())[0]
    assert row.get_deferred_fields() == {"description", "words"}


@pytest.mark.req("CORE-03", "CORE-24")
def test_a_mark_among_the_words_alone_shows_nothing(full):
    """Search finds by marks, but what it shows is asked of the one rule of who may see what."""
    request = asked("q=dziura", full.gardener)
    seen = lists.rows(LETTERS, request, full.gardener, now=AT)
    hidden = Case.objects.exclude(pk__in=seen).filter(subject__startswith="Dziura").first()
    before = list(lists.page(LETTERS, request, full.gardener, now=AT).rows)
    add_marks(hidden, [Sight(case=hidden, group=full.trees)])
    assert hidden not in lists.rows(LETTERS, request, full.gardener, now=AT)
    assert list(lists.page(LETTERS, request, full.gardener, now=AT).rows) == before
