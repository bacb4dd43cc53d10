"""What an office sets up by its pages, set up by a program."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from okienko.base.decisions import Refused
from okienko.kernel.calendars import rules
from okienko.kernel.calendars.actions import start_clock
from okienko.kernel.cases.actions import save_view
from okienko.kernel.cases.models import SavedView
from okienko.kernel.history.queries import entries_of
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.units.models import Group, Location, Unit
from okienko.site.api.tests.conftest import AT, BY

pytestmark = pytest.mark.req("CORE-64")


# --- Lists --------------------------------------------------------------------------------------------------


@pytest.mark.req("CORE-24")
def test_a_list_as_a_file_holds_what_the_one_who_asks_sees(office):
    seen, hidden = office.passed("Dziura"), office.passed("Drzewo", group=office.park_crew)
    for who, expected in (("coordinator", {seen.number}), ("operator", {seen.number, hidden.number})):
        answer = office.as_(who).get("/procedures/zgloszenia/cases/export?format=csv")
        assert answer.status_code == 200, answer.content
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        numbers = {cell.replace(" ", "") for row in rows[1:] for cell in row}
        assert expected <= numbers
        assert not ({seen.number, hidden.number} - expected) & numbers
    book = office.as_("operator").get("/procedures/zgloszenia/cases/export?format=xlsx&q=Dziura")
    assert len(list(load_workbook(BytesIO(b"".join(book.streaming_content))).active.rows)) == 2


def test_a_file_of_an_unknown_kind_or_filter_is_refused(office, problem):
    operator = office.as_("operator")
    problem(operator.get("/procedures/zgloszenia/cases/export?format=exe"), 422)
    problem(operator.get("/procedures/zgloszenia/cases/export?format=csv&sort=nothing"), 422)


@pytest.mark.req("CORE-24")
def test_views_are_saved_shared_and_removed_by_their_owner_alone(office, problem):
    operator, overseer = office.as_("operator"), office.as_("overseer")
    address = "/procedures/zgloszenia/views"
    made = operator.post(address, {"name": "Nowe", "query": "?state=new", "shared": True})
    assert made.status_code == 201, made.content
    assert operator.post(address, {"name": "Moje", "query": "?state=new"}).status_code == 201
    (shown,) = overseer.get(address).json()
    assert (shown["name"], shown["own"], "state=new" in shown["query"]) == ("Nowe", False, True)
    problem(overseer.ask("DELETE", f"{address}/{shown['id']}"), 404)
    assert operator.ask("DELETE", f"{address}/{shown['id']}").status_code == 204
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Moje"]
    with pytest.raises(Refused):
        save_view(office.people["operator"], "zgloszenia", "x", "?" + "q" * 2000, shared=False, by=BY, at=AT)


# --- Units, groups, places ----------------------------------------------------------------------------------


@pytest.mark.req("CORE-01")
def test_units_groups_and_places_are_added_changed_and_switched_off(office, problem):
    administrator = office.as_("administrator")
    place = {
        "address": "Mostowa 1", "phone": "22 111 00 01", "email": "mosty@okienko.example", "fax": "22 111 00 02",
        "web_page": "https://mosty.example.org", "bip_page": "https://bip.example.org", "latitude": 52.1, "longitude": 21.0,
    }  # fmt: skip
    territory = {"type": "Polygon", "coordinates": []}
    given = {"symbol": "MOST", "name": "Mosty", "parent_id": office.hall.pk, **place, "territory": territory}
    made = administrator.post("/units", given)
    assert made.status_code == 201, made.content
    assert given.items() <= administrator.get("/units/MOST").json().items()
    assert made["ETag"] == '"1"'
    assert made.json()["own_entity"] is False
    told = {"symbol": "MPO", "name": "Przedsiębiorstwo", "own_entity": True, "parent_id": office.hall.pk}
    assert administrator.post("/units", told).json()["own_entity"] is True
    kept = administrator.ask("PATCH", "/units/MPO", {"phone": "22 1", "version": 1})
    assert kept.json()["own_entity"] is True
    back = administrator.ask("PATCH", "/units/MPO", {"own_entity": False, "version": 2})
    assert back.json()["own_entity"] is False
    changed = administrator.ask("PATCH", "/units/MOST", {"phone": "22 1"}, **{"if-match": '"1"'})
    assert (changed.json()["phone"], changed.json()["name"], changed["ETag"]) == ("22 1", "Mosty", '"2"')
    problem(administrator.ask("PATCH", "/units/MOST", {"phone": "22 2", "version": 1}), 409)
    problem(administrator.ask("PATCH", "/units/MOST", {"phone": "22 2"}), 422)
    group = administrator.post("/units/MOST/groups", {"symbol": "M-1", "name": "Ekipa", "kind": "executors"})
    assert group.status_code == 201, group.content
    assert administrator.ask("PATCH", "/groups/M-1", {"active": False, "version": 1}).status_code == 200
    hall = administrator.post("/units/MOST/locations", {"name": "Sala", **place})
    assert hall.status_code == 201, hall.content
    assert place.items() <= hall.json().items()
    moved = administrator.ask("PATCH", f"/locations/{hall.json()['id']}", {"address": "Nowa 2", "version": 1})
    assert (moved.json()["address"], moved.json()["latitude"]) == ("Nowa 2", 52.1)
    problem(administrator.ask("PATCH", "/units/UM", {"active": False, "version": 1}), 409)
    assert administrator.ask("PATCH", "/units/MOST", {"active": False, "version": 2}).status_code == 200
    assert not Unit.objects.get(symbol="MOST").active
    assert not Group.objects.get(symbol="M-1").active
    kinds = [entry.kind for entry in entries_of(Location.objects.get(name="Sala"))]
    assert kinds == ["location.added", "location.changed"]


@pytest.mark.req("CORE-03")
def test_whoever_administers_one_unit_changes_no_other(office, problem):
    local = office.as_("unit-administrator")
    problem(local.ask("PATCH", "/units/PARKI", {"phone": "1", "version": 1}), 404)
    problem(local.post("/units/PARKI/groups", {"symbol": "X", "name": "X"}), 404)
    problem(local.ask("PATCH", "/groups/P-W", {"name": "X", "version": 1}), 404)
    problem(local.post("/units", {"symbol": "TOP", "name": "Na górze"}), 422)
    assert local.ask("PATCH", "/units/DROGI", {"phone": "1", "version": 1}).status_code == 200


def test_wrong_input_is_told_by_field(office, problem):
    told = problem(
        office.as_("administrator").post(
            "/units", {"symbol": "X", "name": "X", "email": "nie", "latitude": 1}
        ),
        422,
    )
    assert {error["field"] for error in told["errors"]} == {"email", "longitude"}


# --- People -------------------------------------------------------------------------------------------------


@pytest.mark.req("CORE-03", "CORE-04")
def test_a_person_is_invited_given_and_taken_roles_sent_on_leave_and_away(office, problem):
    administrator = office.as_("administrator")
    made = administrator.post(
        "/people",
        {"email": "Nowa@okienko.example", "first_name": "Nowa", "last_name": "Zmyślona",
         "role": "executor", "group_id": office.road_crew.pk},
    )  # fmt: skip
    assert made.status_code == 201, made.content
    person = Person.objects.get(email="nowa@okienko.example")
    here, version = f"/people/{person.pk}", made["ETag"]
    given = administrator.post(f"{here}/roles", {"role": "clerk", "unit_id": office.roads.pk})
    assert [role["role"] for role in given.json()["roles"]] == ["executor", "clerk"]
    problem(administrator.post(f"{here}/roles", {"role": "clerk", "unit_id": office.roads.pk}), 422)
    role = given.json()["roles"][1]["id"]
    assert administrator.ask("DELETE", f"{here}/roles/{role}").status_code == 204
    assert Grant.objects.get(pk=role).valid_until is not None
    left = administrator.ask(
        "PUT", f"{here}/leave", {"first": "2026-12-01", "last": None}, **{"if-match": version}
    )
    assert left.status_code == 200, left.content
    problem(administrator.ask("PUT", f"{here}/leave", {"first": None, "last": None, "version": 1}), 409)
    other = office.people["executor"]
    assert administrator.post(f"{here}/hand-over", {"to": other.pk}).status_code == 204
    assert administrator.post(f"{here}/gone", {}, **{"if-match": left["ETag"]}).status_code == 200
    person.refresh_from_db()
    assert not person.is_active


@pytest.mark.req("CORE-03")
def test_nobody_gives_by_the_api_what_they_may_not_give_on_the_page(office, problem):
    local = office.as_("unit-administrator")
    clerk = office.people["clerk"].pk
    assert problem(local.post(f"/people/{clerk}/roles", {"role": "administrator"}), 422)["errors"]
    assert problem(local.post(f"/people/{clerk}/roles", {"role": "clerk", "unit_id": office.parks.pk}), 422)[
        "errors"
    ]
    problem(local.post(f"/people/{office.people['administrator'].pk}/gone", {"version": 1}), 404)
    problem(office.as_("administrator", "people.see").post(f"/people/{clerk}/gone", {"version": 1}), 404)


# --- Calendars ----------------------------------------------------------------------------------------------


@pytest.mark.req("CORE-10", "CORE-16")
def test_new_hours_are_previewed_and_then_move_what_runs_or_keep_it(office, problem):
    administrator = office.as_("administrator")
    rule = rules.Rule(rules.Kind.WORKING_DAYS, 5)
    clock = start_clock(office.hall, "x", by=BY, at=AT, calendar=office.calendar, rule=rule)
    here = f"/calendars/{office.calendar.pk}"
    closed = {
        "exceptions": [
            {"date": str((AT + timedelta(days=ahead)).date()), "hours": [], "note": "remont"}
            for ahead in range(1, 20)
        ]
    }
    seen = administrator.post(f"{here}/preview", closed).json()
    assert (seen["open"], seen["moved"]) == (1, 1)
    clock.refresh_from_db()
    before = clock.due_at
    version = administrator.get(here)["ETag"]
    kept = administrator.ask("PATCH", here, {**closed, "running": "keep"}, **{"if-match": version})
    assert (kept.status_code, kept.json()["moved"]) == (200, 0)
    clock.refresh_from_db()
    assert clock.due_at == before
    problem(administrator.ask("PATCH", here, {"running": "keep"}, **{"if-match": version}), 409)
    moved = administrator.ask("PATCH", here, {"running": "recompute"}, **{"if-match": kept["ETag"]})
    assert moved.json()["moved"] == 1
    clock.refresh_from_db()
    assert clock.due_at > before
    assert len(moved.json()["exceptions"]) == 19


@pytest.mark.req("CORE-10")
def test_a_calendar_is_added_and_nonsense_is_told_by_field(office, problem):
    administrator = office.as_("administrator")
    week = {"mon": [["08:00", "12:00"], ["12:30", "16:00"]]}
    made = administrator.post("/calendars", {"code": "filia", "name": "Filia", "week": week})
    assert made.status_code == 201, made.content
    assert made.json()["week"]["mon"] == week["mon"]
    problem(administrator.post("/calendars", {"code": "filia", "name": "Filia"}), 422)
    for wrong in ({"week": {"mon": [["16:00", "8:00"]]}}, {"week": {"x": []}}, {"timezone": "Nowhere/No"}):
        told = problem(administrator.post("/calendars", {"code": "inna", "name": "Inna", **wrong}), 422)
        assert told["errors"][0]["field"] in ("week", "timezone")
