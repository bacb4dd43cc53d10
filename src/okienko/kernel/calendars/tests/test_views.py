from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from okienko.kernel.calendars import actions, queries
from okienko.kernel.calendars.factories import OFFICE, make_calendar
from okienko.kernel.calendars.forms import CalendarForm
from okienko.kernel.calendars.models import Calendar, Clock
from okienko.kernel.calendars.queries import OwnDay
from okienko.kernel.calendars.rules import Kind, Rule
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.actions import give_role, invite
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("okienko.kernel.calendars.tests.urls")]

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUESTION: dict[str, Any] = {
    "timezone": "Europe/Warsaw",
    "week": OFFICE,
    "statutory": "PL",
    "from": "2026-11-10T10:00:00+01:00",
    "rule": {"working_days": 1},
}


@pytest.fixture
def unit() -> Unit:
    return add_unit(by=BY, at=LONG_AGO, symbol="UM", name="Urząd Miasta")


@pytest.fixture
def office(unit: Unit) -> Calendar:
    return make_calendar(by=BY, at=AT)


def person(role: str, unit: Unit | None = None) -> Person:
    someone = invite(
        by=BY, at=LONG_AGO, email=f"{role}@okienko.example", first_name="Ewa", last_name="Przykład"
    )
    give_role(someone, role, by=BY, at=LONG_AGO, unit=unit, valid_from=LONG_AGO)
    return someone


@pytest.fixture
def clerk(client: Client, unit: Unit) -> Client:
    client.force_login(person("clerk", unit))
    return client


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(person("administrator"))
    return client


def page(client: Client, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def typed(calendar: Calendar, **changed: str) -> dict[str, str]:
    form = CalendarForm(initial=CalendarForm.values_of(calendar, queries.hours_of(calendar)))
    values = {field.html_name: str(field.value() or "") for field in form}
    return {key: value for key, value in {**values, **changed}.items() if value != ""}


ADDRESSES = ["/kalendarze/", "/kalendarze/{pk}/", "/kalendarze/{pk}/zmiana/", "/terminy/"]


@pytest.mark.req("CORE-03")
@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_not_signed_in_is_asked_to(client: Client, office: Calendar, address: str) -> None:
    assert client.get(address.format(pk=office.pk)).status_code == 302


@pytest.mark.req("CORE-03")
@pytest.mark.parametrize("address", ADDRESSES)
def test_administrators_see_every_page(administrator: Client, office: Calendar, address: str) -> None:
    page(administrator, address.format(pk=office.pk))


@pytest.mark.req("CORE-03")
def test_clerks_see_and_do_not_change(clerk: Client, office: Calendar) -> None:
    for address in ("/kalendarze/", f"/kalendarze/{office.pk}/", "/terminy/"):
        assert "zmiana" not in page(clerk, address)
    for ask in (clerk.get, clerk.post):
        assert ask(f"/kalendarze/{office.pk}/zmiana/").status_code == 404
    assert clerk.get(f"/kalendarze/{office.pk + 1000}/").status_code == 404


@pytest.mark.req("CORE-10")
def test_the_year_says_of_each_date_whether_and_why(clerk: Client, office: Calendar) -> None:
    closed = {date(2026, 11, 12): OwnDay((), "no electricity")}
    actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", own_days=closed)
    shown = page(clerk, f"/kalendarze/{office.pk}/?year=2026")
    assert "Independence Day" in shown
    assert shown.count("office closed (no electricity)") == 2, "in the picture of the year and day by day"
    assert shown.count('<th scope="row"><time') == 365
    for nonsense in ("0", "99999", "x", "²⁰²⁶"):
        page(clerk, f"/kalendarze/{office.pk}/?year={nonsense}")


@pytest.mark.req("CORE-15")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "11 November, Independence Day: does not count"),
        ("pl", "11 listopada, Narodowe Święto Niepodległości: nie liczy się"),
        ("uk", "11 листопада, День Незалежності Польщі: не рахується"),
    ],
)
def test_the_deadline_is_explained_in_the_language_of_the_reader(
    clerk: Client, office: Calendar, language: str, sentence: str
) -> None:
    question = (
        f"/terminy/?calendar={office.pk}&event_0=10.11.2026&event_1=10:00&event_day=10.11.2026&event_hour=10:00"
        "&counts_from=as_it_came&amount=1&kind=working_days&basis=KPA+art.+35"
    )
    for address in (question, question + "&print=1"):
        shown = page(clerk, address, language)
        assert sentence in shown.replace("&#x27;", "'")
        assert "KPA art. 35" in shown
        assert ('<div class="sheet">' in shown) is address.endswith("&print=1")


@pytest.mark.req("CORE-15")
def test_a_day_that_does_not_count_says_why_the_office_was_closed(clerk: Client, office: Calendar) -> None:
    closed = {date(2026, 11, 12): OwnDay((), "no electricity")}
    actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", own_days=closed)
    shown = page(clerk, f"{ASKED.format(office.pk)}&amount=1&kind=working_days")
    assert "12 November, office closed (no electricity): does not count" in shown
    assert "13 November, working day: counts" in shown


ASKED = (
    "/terminy/?calendar={}&event_0=10.11.2026&event_1=10:00&event_day=10.11.2026&event_hour=10:00"
    "&counts_from=as_it_came"
)


@pytest.mark.req("CORE-14", "CORE-15")
def test_any_number_of_stops_moves_the_deadline(clerk: Client, office: Calendar) -> None:
    stops = "%0A".join(f"{day}.11.2026+8:00+-+{day}.11.2026+9:00" for day in (12, 13, 16, 17, 18))
    shown = page(
        clerk, f"{ASKED.format(office.pk)}&amount=48&kind=working_hours&stops={stops}%0A27.11.2026+8:00"
    )
    assert shown.count("The clock stood from") == 5
    assert "The clock has stood since 27 November 2026" in shown


@pytest.mark.req("CORE-15")
def test_working_time_until_a_moment(clerk: Client, office: Calendar) -> None:
    until = "until_0=12.11.2026&until_1=9:30&until_day=12.11.2026&until_hour=9:30"
    shown = page(clerk, f"{ASKED.format(office.pk)}&kind=until&{until}")
    assert "Working time: 7 hours 30 minutes." in shown
    assert "11 November, Independence Day: does not count" in shown


def new_calendar(**given: str) -> dict[str, str]:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "7:30-15:30")
    return {"name": "Filia", "code": "filia", "timezone": "Europe/Warsaw", "statutory": "on", **week, **given}


@pytest.mark.req("CORE-10")
def test_a_calendar_is_made_on_the_page(administrator: Client) -> None:
    own = "24.11.2026 8:00-12:00 shorter"
    assert administrator.post("/kalendarze/nowy/", new_calendar(own_days=own)).status_code == 302
    made = Calendar.objects.get(code="filia")
    assert queries.hours_of(made).own_days == {date(2026, 11, 24): OwnDay(((28800, 43200),), "shorter")}
    assert made.week["mon"] == [["07:30", "15:30"]]


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    "wrong",
    [
        {"mon": "8-12-16"},
        {"mon": "8-25"},
        {"mon": "8:5-12"},
        {"code": "office"},
        {"timezone": "Europe/Atlantis"},
        {"mon": "16-8"},
        {"own_days": "tomorrow"},
    ],
)
def test_a_wrong_calendar_keeps_what_was_typed(
    administrator: Client, office: Calendar, wrong: dict[str, str]
) -> None:
    if "code" in wrong:
        wrong = {"code": office.code}
    shown = administrator.post("/kalendarze/nowy/", new_calendar(**wrong)).content.decode()
    assert 'class="field wrong"' in shown
    assert "Filia" in shown
    assert not Calendar.objects.filter(name="Filia").exists()


@pytest.mark.req("CORE-03")
def test_who_may_not_change_calendars_makes_none(clerk: Client) -> None:
    assert clerk.post("/kalendarze/nowy/", new_calendar()).status_code == 404


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    "wrong",
    [
        "amount=0&kind=working_days",
        "amount=-1&kind=hours",
        "amount=x&kind=hours",
        "amount=999999999999999999999&kind=working_minutes",
        "amount=23&kind=nth_working_day_of_next_month",
        "amount=1&kind=fortnights",
        "kind=hours",
        "kind=until",
        "kind=until&until_0=31.12.2500&until_1=9:00&until_day=31.12.2500&until_hour=9:00",
        "amount=1&kind=hours&stops=10.11.2026",
        "amount=1&kind=hours&stops=31.02.2026+9:00",
        "amount=1&kind=hours&stops=10.11.2026+25:00",
        "amount=1&kind=hours&stops=29.03.2026+02:30",
        "amount=1&kind=hours&stops=10.11.2026+9:00+-+9.11.2026+9:00",
    ],
)
def test_a_wrong_question_keeps_what_was_typed(clerk: Client, office: Calendar, wrong: str) -> None:
    shown = page(
        clerk,
        f"/terminy/?calendar={office.pk}&event_0=10.11.2026&event_1=10:00&event_day=10.11.2026&event_hour=10:00"
        f"&counts_from=as_it_came&basis=kept&{wrong}",
    )
    assert 'class="field wrong"' in shown
    assert "kept" in shown
    assert "Day by day" not in shown


@pytest.mark.req("CORE-16")
def test_a_change_is_shown_before_it_is_saved(administrator: Client, office: Calendar, unit: Unit) -> None:
    clock = actions.start_clock(
        unit, "answer", by=BY, at=AT, calendar=office, rule=Rule(Kind.WORKING_DAYS, 2)
    )
    address = f"/kalendarze/{office.pk}/zmiana/"
    data = typed(office, own_days="18.11.2026 no electricity\n24.11.2026 8:00-12:00 shorter")
    shown = administrator.post(
        address, {**data, "preview": "1"}, headers={"accept-language": "en"}
    ).content.decode()
    assert "Reckoned anew, moved: 1" in shown
    assert 'formaction="#preview"' in shown
    assert '<h2 id="preview">' in shown
    assert "Urząd, answer" not in shown  # of things that nobody has named, the deadline alone
    assert "answer" in shown.lower()
    clock.refresh_from_db()
    assert clock.due_at == datetime(2026, 11, 18, 15, tzinfo=UTC)
    response = administrator.post(address, {**data, "save": "1", "running": "recompute"})
    assert response.status_code == 302
    clock.refresh_from_db()
    assert clock.due_at == datetime(2026, 11, 19, 15, tzinfo=UTC)
    assert queries.hours_of(office).own_days == {
        date(2026, 11, 18): OwnDay((), "no electricity"),
        date(2026, 11, 24): OwnDay(((28800, 43200),), "shorter"),
    }
    office.refresh_from_db()
    again = typed(office, own_days="18.11.2026 no electricity\n19.11.2026 no electricity", note="storm")
    assert administrator.post(address, {**again, "save": "1", "running": "keep"}).status_code == 302
    clock.refresh_from_db()
    assert clock.due_at == datetime(2026, 11, 19, 15, tzinfo=UTC), "the administrator chose to keep what runs"


@pytest.mark.req("CORE-25")
def test_the_second_of_two_editors_sees_both_versions(administrator: Client, office: Calendar) -> None:
    data = typed(office, note="mine", mon="9:00-12:00")
    actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", name="Nowa nazwa")
    address = f"/kalendarze/{office.pk}/zmiana/"
    response = administrator.post(address, {**data, "save": "1"})
    shown = response.content.decode()
    assert response.context["current"].initial["name"] == "Nowa nazwa"
    assert shown.count("Nowa nazwa") > 1, "beside the heading, among what stands there now"
    assert "9:00-12:00" in shown
    assert 'name="version" value="2"' in shown
    office.refresh_from_db()
    assert (office.version, office.week) == (2, OFFICE)


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("mon", "8 do 16"),
        ("mon", "16:00-8:00"),
        ("mon", "8:00-12:00, 11:00-16:00"),
        ("mon", "25:00-26:00"),
        ("own_days", "tomorrow closed"),
        ("own_days", "30.02.2026 closed"),
        ("own_days", "18.11.2026\n18.11.2026"),
        ("own_days", "18.11.2026 16:00-8:00"),
        ("own_days", "18.11.2026 " + "x" * 300),
        ("name", ""),
        ("running", "whatever"),
    ],
)
def test_wrong_hours_are_shown_beside_the_field(
    administrator: Client, office: Calendar, field: str, text: str
) -> None:
    data = {**typed(office), field: text, "save": "1"}
    response = administrator.post(f"/kalendarze/{office.pk}/zmiana/", data)
    assert response.status_code == 200
    assert "wrong" in response.content.decode()
    office.refresh_from_db()
    assert office.version == 1


@pytest.mark.req("CORE-16")
def test_hours_that_leave_no_working_time_are_refused(
    administrator: Client, office: Calendar, unit: Unit
) -> None:
    actions.start_clock(unit, "answer", by=BY, at=AT, calendar=office, rule=Rule(Kind.WORKING_DAYS, 2))
    data = typed(office, **dict.fromkeys(OFFICE, ""), save="1")
    response = administrator.post(f"/kalendarze/{office.pk}/zmiana/", data, headers={"accept-language": "en"})
    assert "1 running deadline would never come" in response.content.decode()
    assert Clock.objects.get().due_at == datetime(2026, 11, 18, 15, tzinfo=UTC)


# --- The API ------------------------------------------------------------------------------------------------


@pytest.mark.req("CORE-64", "CORE-15")
def test_the_api_answers_as_the_command_line_does(clerk: Client) -> None:
    response = clerk.post(
        "/api-under-test/deadlines/preview", json.dumps(QUESTION), content_type="application/json"
    )
    assert response.status_code == 200
    assert response.json()["due"] == "2026-11-12T15:00:00Z"
    assert response.json()["steps"][1] == {
        "date": "2026-11-11",
        "counted": False,
        "reason": "Independence Day",
    }


@pytest.mark.req("CORE-64")
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", json.dumps({**QUESTION, "rule": {"x": 1}}).encode(), b"[" * 99999]
)
def test_a_wrong_question_to_the_api_is_a_problem(clerk: Client, body: bytes) -> None:
    response = clerk.post("/api-under-test/deadlines/preview", body, content_type="application/json")
    assert response.status_code == 400
    assert response["content-type"] == "application/problem+json"
    assert set(response.json()) == {"type", "title", "status", "detail"}


@pytest.mark.req("CORE-64")
def test_calendars_in_the_api(clerk: Client, office: Calendar) -> None:
    own_days = {date(2026, 11, 12): OwnDay(((28800, 43200),), "shorter")}
    actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", own_days=own_days)
    (listed,) = clerk.get("/api-under-test/calendars").json()
    assert listed["code"] == "office"
    found = clerk.get(f"/api-under-test/calendars/{office.pk}").json()
    assert found["exceptions"] == [{"date": "2026-11-12", "hours": [["08:00", "12:00"]], "note": "shorter"}]
    assert clerk.get("/api-under-test/calendars/999999").status_code == 404


@pytest.mark.req("CORE-03")
def test_the_api_shows_calendars_to_nobody_without_a_role(client: Client, office: Calendar) -> None:
    assert client.get("/api-under-test/calendars").json() == []
    assert client.get(f"/api-under-test/calendars/{office.pk}").status_code == 404


@pytest.mark.req("CORE-10")
def test_a_calendar_that_deadlines_wait_for_is_asked_for_and_offered(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_needed", set())
    assert "„helpdesk”" not in administrator.get("/kalendarze/").content.decode()
    queries.need("helpdesk")
    assert "„helpdesk”" in administrator.get("/kalendarze/").content.decode()
    assert 'value="helpdesk"' in administrator.get("/kalendarze/nowy/").content.decode()
    assert administrator.post("/kalendarze/nowy/", new_calendar(code="helpdesk")).status_code == 302
    assert queries.missing() == []
    assert "„helpdesk”" not in administrator.get("/kalendarze/").content.decode()
