from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from okienko.base.time import now
from okienko.kernel.calendars.actions import resume_clock, stop_clock
from okienko.kernel.calendars.queries import clocks_of
from okienko.kernel.cases.models import Case
from okienko.kernel.consents.models import Look
from okienko.kernel.history.models import Entry
from okienko.site.api.tests.conftest import AT, BY

LIST = "/procedures/zgloszenia/cases"


@pytest.mark.req("CORE-64", "CORE-24")
def test_the_list_has_the_filters_of_the_page_and_its_cursors(office, problem):
    for number in range(60):
        office.case(f"Sprawa {number}")
    office.passed("Dziura w moście")
    api = office.as_("operator")
    first = api.get(f"{LIST}?size=25").json()
    assert (len(first["cases"]), first["total"], first["previous"]) == (25, 61, None)
    second = api.get(f"{LIST}?size=25&after={first['next']}").json()
    third = api.get(f"{LIST}?size=25&after={second['next']}").json()
    numbers = [case["number"] for page in (first, second, third) for case in page["cases"]]
    assert len(set(numbers)) == 61
    assert third["next"] is None
    (found,) = api.get(f"{LIST}?q=mostem").json()["cases"]
    assert found["subject"] == "Dziura w moście"
    assert len(api.get(f"{LIST}?state=coordinator").json()["cases"]) == 1
    problem(api.get(f"{LIST}?state=nowhere"), 422)
    problem(api.get(f"{LIST}?whatever=1"), 422)
    problem(api.get(f"{LIST}?after=xxx"), 422)
    problem(api.get("/procedures/none/cases"), 404)


@pytest.mark.req("CORE-03")
def test_only_what_a_person_may_see_is_there(office, problem):
    case = office.passed()
    stranger = office.as_("a stranger")
    assert stranger.get(LIST).json()["cases"] == []
    for path in ("", "/steps", "/deadlines", "/history", "/attachments"):
        problem(stranger.get(f"/cases/{case.number}{path}"), 404)
    mine = office.passed("Drzewo", office.park_crew)
    told = problem(stranger.post(f"/cases/{mine.number}/links", {"number": case.number}), 422)
    unknown = problem(stranger.post(f"/cases/{mine.number}/links", {"number": "5"}), 422)
    assert told == unknown


@pytest.mark.req("CORE-64", "CORE-22")
def test_steps_are_taken_by_the_table_of_the_procedure(office, problem):
    case = office.case()
    operator, coordinator = office.as_("operator"), office.as_("coordinator")
    path = f"/cases/{case.number}"
    steps = {step["code"]: step for step in operator.get(f"{path}/steps").json()}
    assert steps["pass-to-coordinator"]["needs"][0] == {
        "name": "group",
        "label": steps["pass-to-coordinator"]["needs"][0]["label"],
        "kind": "group",
        "required": True,
        "choices": [],
    }
    told = problem(
        operator.post(f"{path}/steps/pass-to-coordinator", {"inputs": {"group": "none", "x": 1}}), 422
    )
    assert {(one["field"], one["code"]) for one in told["errors"]} == {
        ("inputs.x", "extra-forbidden"),
        ("inputs.group", "unknown"),
    }
    told = problem(operator.post(f"{path}/steps/pass-to-coordinator", {"inputs": {}}), 422)
    assert [(one["field"], one["code"]) for one in told["errors"]] == [("inputs.group", "missing")]
    answer = operator.post(f"{path}/steps/pass-to-coordinator", {"inputs": {"group": "D-K"}, "version": 1})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["group"], answer["ETag"]) == ("coordinator", "D-K", '"2"')
    problem(operator.post(f"{path}/steps/coordinator-takes-up", {}), 404)
    problem(operator.post(f"{path}/steps/resume-by-date", {}), 404)
    problem(operator.post(f"{path}/steps/nothing", {}), 404)
    problem(coordinator.post(f"{path}/steps/resume", {}), 409)
    assert coordinator.get(path).json()["version"] == 2
    assert coordinator.post(f"{path}/steps/coordinator-takes-up", {}).json()["person_id"]
    entry = Entry.objects.filter(kind="zgloszenia.coordinator-takes-up").get()
    assert (entry.channel, entry.person) == ("api", office.people["coordinator"])


@pytest.mark.req("CORE-25", "CORE-64")
def test_the_second_of_two_programs_is_told_which_version_stands_there(office, problem):
    case = office.case()
    api = office.as_("operator")
    path = f"/cases/{case.number}"
    assert api.ask("PATCH", path, {"subject": "Inny"}, **{"if-match": '"1"'}).json()["subject"] == "Inny"
    told = problem(api.ask("PATCH", path, {"subject": "Trzeci"}, **{"if-match": '"1"'}), 409)
    assert (told["code"], told["version"]) == ("changed-meanwhile", 2)
    told = problem(
        api.post(f"{path}/steps/pass-to-coordinator", {"version": 1, "inputs": {"group": "D-K"}}), 409
    )
    assert told["version"] == 2
    problem(api.ask("PATCH", path, {"subject": "Bez wersji"}), 422)
    problem(api.ask("PATCH", path, {"subject": "x"}, **{"if-match": "abc"}), 422)
    assert Case.objects.get().subject == "Inny"


@pytest.mark.req("CORE-25", "CORE-64")
def test_a_program_overtaken_by_a_case_that_moved_on_is_told_and_who_never_could_finds_nothing(
    office, problem
):
    path = f"/cases/{office.passed().number}/steps"
    coordinator = office.as_("coordinator")
    seen = coordinator.post(f"{path}/coordinator-takes-up", {}).json()["version"]
    moved = coordinator.post(f"{path}/pass-to-executor", {"version": seen, "inputs": {"group": "D-W"}}).json()
    late = {"inputs": {"group": "D-W"}}
    told = problem(coordinator.post(f"{path}/pass-to-executor", {**late, "version": seen}), 409)
    assert told["version"] == moved["version"]
    problem(coordinator.post(f"{path}/pass-to-executor", late), 404)
    problem(coordinator.post(f"{path}/pass-to-executor", {**late, "version": moved["version"]}), 404)
    problem(office.as_("operator").post(f"{path}/executor-takes-up", {"version": seen}), 404)


@pytest.mark.req("CORE-25", "CORE-64")
def test_a_program_that_gives_away_what_has_changed_is_told(office, problem):
    case, person = office.case(), office.people["operator"]
    api = office.as_("operator")
    path = f"/cases/{case.number}/assign"
    assert api.post(path, {"person_id": person.pk, "version": 1}).json()["version"] == 2
    assert problem(api.post(path, {"person_id": None, "version": 1}), 409)["version"] == 2
    assert api.ask("POST", path, {"person_id": None}, **{"if-match": '"2"'}).json()["person_id"] is None


@pytest.mark.req("CORE-55", "CORE-64")
def test_a_phone_and_an_address_are_read_as_on_pages(office, problem):
    case, api = office.case(), office.as_("operator")
    path = f"/cases/{case.number}"
    wrong = {"version": 1, "contact_phone": "in the evening", "contact_email": "anna"}
    told = problem(api.ask("PATCH", path, wrong), 422)
    assert {one["field"]: one["detail"] for one in told["errors"]} == {
        "contact_phone": "This is not a phone number. Give nine digits, for example 600 000 000.",
        "contact_email": "Write a full e-mail address, like anna@example.org.",
    }
    right = api.ask("PATCH", path, {"version": 1, "contact_phone": "+48 600-000-000"}).json()
    assert right["contact"]["phone"] == "600000000"
    gone = api.ask("PATCH", path, {"version": 2, "contact_phone": "", "contact_email": ""}).json()
    assert gone["contact"]["phone"] == ""


@pytest.mark.req("CORE-40", "CORE-64")
def test_when_it_really_happened_may_be_told_but_not_foretold(office, problem):
    case = office.case()
    api = office.as_("operator")
    path = f"/cases/{case.number}/steps/pass-to-coordinator"
    later = (now() + timedelta(days=1)).isoformat()
    told = problem(api.post(path, {"inputs": {"group": "D-K"}, "happened_at": later}), 422)
    assert told["errors"][0]["field"] == "happened_at"
    earlier = now() - timedelta(hours=1)
    body = {"inputs": {"group": "D-K"}, "happened_at": earlier.isoformat()}
    assert api.post(path, body).status_code == 200
    history = api.get(f"/cases/{case.number}/history").json()
    assert "zgloszenia.registered" in [entry["kind"] for entry in history]
    assert any(entry["happened_at"] != entry["at"] for entry in history)
    rest = api.get(f"/cases/{case.number}/history?after={history[0]['number']}").json()
    assert len(rest) == len(history) - 1


@pytest.mark.req("CORE-30", "CORE-64")
def test_files_go_in_and_come_out(office, problem):
    case = office.case()
    api = office.as_("operator")
    path = f"/api/v1/cases/{case.number}/attachments"
    headers = {"authorization": f"Bearer {api.secret}", "accept-language": "en"}
    good = SimpleUploadedFile("notatka.txt", "Zażółć".encode())
    bad = SimpleUploadedFile("run.sh", b"#!/bin/sh")
    problem(api.client.post(path, {"files": [good, bad]}, headers=headers), 422)
    good.seek(0)
    (added,) = api.client.post(path, {"files": [good]}, headers=headers).json()
    assert added["name"] == "notatka.txt"
    content = api.get(f"/cases/{case.number}/attachments/{added['id']}")
    assert b"".join(content.streaming_content) == "Zażółć".encode()
    other = office.case("Inna")
    problem(api.get(f"/cases/{other.number}/attachments/{added['id']}"), 404)
    problem(api.client.post(path, {}, headers=headers), 422)


@pytest.mark.req("CORE-23", "CORE-64")
def test_cases_are_linked_split_merged_and_given(office, problem):
    one, other = office.case("Jedna"), office.case("Druga")
    api = office.as_("super-overseer")
    linked = api.post(f"/cases/{one.number}/links", {"number": other.spoken_number, "note": "obok"}).json()
    assert linked["links"] == [{"kind": "related", "number": other.number, "outgoing": True, "note": "obok"}]
    problem(api.post(f"/cases/{one.number}/links", {"number": other.number}), 422)
    part = api.post(f"/cases/{one.number}/split", {"subject": "Część"})
    assert part.status_code == 201
    assert part["Location"].endswith(f"/cases/{part.json()['number']}")
    merged = api.post(f"/cases/{other.number}/merge", {"into": one.number}).json()
    assert merged["number"] == one.number
    problem(api.post(f"/cases/{other.number}/merge", {"into": one.number}), 422)
    assert api.get(f"/cases/{other.number}").json()["merged_into"] == one.number
    person = office.people["operator"]
    given = api.post(f"/cases/{one.number}/assign", {"person_id": person.pk}).json()
    assert given["person_id"] == person.pk
    assert api.post(f"/cases/{one.number}/assign", {"person_id": None}).json()["person_id"] is None
    problem(api.post(f"/cases/{one.number}/assign", {"person_id": office.stranger.pk}), 422)
    problem(api.post(f"/cases/{one.number}/assign", {"person_id": office.resident.pk}), 422)


@pytest.mark.req("CORE-64")
def test_resources_their_hours_and_free_times(office, problem):
    api = office.as_("administrator")
    (listed,) = api.get("/resources").json()
    first = (now() + timedelta(days=7)).date()
    last = first + timedelta(days=6)
    free = api.get(f"/free-times?resource={listed['id']}&first={first}&last={last}&minutes=30").json()
    assert len(free) == 5 * 16
    body = {"first": str(first), "week": {"mon": [["09:00", "10:00"]]}, "step": 30}
    assert api.post(f"/resources/{listed['id']}/hours", body).json() == []
    free = api.get(f"/free-times?resource={listed['id']}&first={first}&last={last}&minutes=30").json()
    assert len(free) == 2
    assert len(api.get(f"/resources/{listed['id']}").json()["hours"]) == 2
    for wrong in ([["25:00", "26:00"]], [["10:00", "09:00"]], [["10:00"]], "x"):
        problem(api.post(f"/resources/{listed['id']}/hours", {**body, "week": {"mon": wrong}}), 422)
    problem(api.post(f"/resources/{listed['id']}/hours", {**body, "week": {"xyz": []}}), 422)
    problem(api.get(f"/free-times?resource={listed['id']}&first={last}&last={first}&minutes=30"), 422)
    problem(api.get(f"/free-times?resource=99999&first={first}&last={last}&minutes=30"), 404)
    problem(office.as_("a stranger").get(f"/resources/{listed['id']}"), 404)


@pytest.mark.req("CORE-64", "CORE-40")
def test_the_record_of_a_case_can_be_verified(office, problem):
    case = office.passed()
    api = office.as_("data-protection-officer")
    path = f"/history/cases/case/{case.pk}/verify"
    assert api.get(path).json()["whole"] is True
    problem(office.as_("operator").get(path), 404)
    problem(api.get("/history/nothing/case/1/verify"), 404)
    problem(api.get("/history/cases/case/999999/verify"), 404)


@pytest.mark.req("CORE-24", "CORE-03")
def test_the_search_leads_straight_to_a_number_and_finds_cases_by_their_words(office):
    from django.test import Client

    case = office.passed("Dziura w jezdni na ulicy Przykładowej")
    client = Client()
    client.force_login(office.people["operator"])
    assert client.get("/szukaj/", {"q": case.spoken_number})["Location"] == f"/sprawy/{case.number}/"
    assert case.spoken_number in client.get("/szukaj/", {"q": "dziury na ulicach"}).content.decode()
    client.force_login(office.stranger)
    shown = client.get("/szukaj/", {"q": case.number})
    assert shown.status_code == 200
    assert "/sprawy/" + case.number not in shown.content.decode()
    assert case.number not in client.get("/szukaj/podpowiedzi/", {"q": "dziura"}).content.decode()


@pytest.mark.req("CORE-64")
def test_other_programs_are_told_of_cases_without_a_word_about_people(office):
    from okienko.kernel.webhooks.actions import add_endpoint
    from okienko.kernel.webhooks.declaring import all_events
    from okienko.kernel.webhooks.models import Delivery
    from okienko.site.api.tests.conftest import AT, BY

    events = [name for name, _says in all_events()]
    add_endpoint(by=BY, at=AT, name="x", url="https://example.org/", events=events)
    case = office.passed("Dziura u Jana Przykładowego")
    told = list(Delivery.objects.order_by("pk").values_list("payload", flat=True))
    assert [one["type"] for one in told] == ["case.registered", "case.step_taken"]
    assert told[1]["data"] == {
        "number": case.number,
        "procedure": "zgloszenia",
        "step": "pass-to-coordinator",
    }


def test_what_a_group_returned_may_be_passed_to_it_again_but_not_within_it(office, problem):
    case = office.passed()
    coordinator, operator = office.as_("coordinator"), office.as_("operator")
    here = f"/cases/{case.number}/steps"
    within = {"inputs": {"group": "D-K", "reason": "nie nasze"}}
    told = problem(coordinator.post(f"{here}/pass-to-other-coordinator", within), 422)
    assert "group" in {error["field"].rpartition(".")[2] for error in told["errors"]}
    assert (
        coordinator.post(
            f"{here}/return-to-operator", {"inputs": {"addressee": "Parki", "reason": "nie nasze"}}
        ).status_code
        == 200
    )
    again = operator.post(f"{here}/pass-to-coordinator", {"inputs": {"group": "D-K"}})
    assert again.status_code == 200, again.content
    assert (again.json()["group"], again.json()["state"]) == ("D-K", "coordinator")


@pytest.mark.req("CORE-44")
def test_a_program_that_reads_somebodys_data_has_looked_at_them(office):
    case = office.case(contact_email="anna@example.org")
    office.as_("operator").get(f"/cases/{case.number}")
    (look,) = Look.objects.all()
    assert (look.clerk, look.subject_id, look.about, look.channel) == (
        office.people["operator"], case.pk, "anna@example.org", "api",
    )  # fmt: skip
    office.as_("a stranger").get(f"/cases/{case.number}")
    assert Look.objects.count() == 1


@pytest.mark.req("CORE-15", "CORE-64")
def test_a_deadline_of_a_case_explains_itself_to_a_program(office):
    """From which event, by which rule and law, which days counted, which did not and why, and which stops moved it."""
    monday = datetime(2024, 11, 4, 9, 0, tzinfo=UTC)
    case = office.case(received_at=monday)
    clock = clocks_of(case).get(code="finish")
    clock = stop_clock(clock, by=BY, at=AT, happened_at=monday + timedelta(hours=1))
    clock = resume_clock(clock, by=BY, at=AT, happened_at=monday + timedelta(hours=3))
    (told,) = office.as_("operator").get(f"/cases/{case.number}/deadlines").json()
    assert (told["code"], told["name"], told["state"], told["ended_at"]) == (
        "finish",
        "finishing",
        "running",
        None,
    )
    assert told["rule"] == {"working_days": 10, "basis": "§ 18 ust. 1 zarządzenia 2851/2022"}
    assert (told["started_at"], told["due_at"]) == ("2024-11-04T09:00:00Z", "2024-11-20T09:00:00Z")
    assert told["stops"] == [{"since": "2024-11-04T10:00:00Z", "until": "2024-11-04T12:00:00Z"}]
    counted = {day["date"]: day["counted"] for day in told["days"]}
    assert sum(counted.values()) == 11, "ten days, and two hours of one more for the time when it stood"
    assert not counted["2024-11-04"]
    assert not counted["2024-11-11"]
    said = [day["says"] for day in told["days"]]
    assert said[0].endswith("the day of the event: does not count")
    assert "10 November, Sunday: does not count" in said
    assert "11 November, Independence Day: does not count" in said
    whole = "\n".join(told["says"])
    for part in (
        "It came on",
        "10 working days",
        "§ 18 ust. 1",
        "The clock stood from",
        "Due on",
        "Without the stops",
    ):
        assert part in whole
