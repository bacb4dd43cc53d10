"""Days that steps ask for lie where they make sense: the table says it once, for actions, pages and programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.features.faults.models import Order, Report
from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO, City
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff

Brought = Callable[[str], Case]
TODAY = AT.date()  # also the day on which it came, by which the ten working days end on 4 December
LAST = TODAY + timedelta(days=3 * 365)
REASON = {"reason": "Mróz"}
ORDER = {"firm": "Drogi Zmyślone", "ordered": TODAY, "until": TODAY}
RPW = {"rpw": "RPW/1/2026"}


@pytest.fixture
def brought(city: City) -> Brought:
    def to(state: str) -> Case:
        case = city.reported()
        for code, told in {
            "coordinator": [("pass-to-coordinator", {"group": city.roads})],
            "executor": [("pass-to-coordinator", {"group": city.roads}), ("pass-to-executor", {"group": city.crew})],
            "contractor": [
                ("pass-to-coordinator", {"group": city.roads}), ("pass-to-executor", {"group": city.crew}), ("order", ORDER),
            ],
        }[state]:  # fmt: skip
            case = take_step(case.pk, code, by=BY, at=AT, **told)
        return case

    return to


BOUNDS = [
    pytest.param("coordinator", "suspend", REASON, "until", date(2026, 11, 21), LAST, marks=pytest.mark.req("FAULT-24")),
    pytest.param("executor", "return-to-coordinator", REASON, "until", date(2026, 11, 21), LAST,
                 marks=pytest.mark.req("FAULT-26")),
    pytest.param("executor", "delay", REASON, "planned", date(2026, 12, 4), LAST, marks=pytest.mark.req("FAULT-32")),
    pytest.param("executor", "order", ORDER, "ordered", date(2025, 11, 20), TODAY, marks=pytest.mark.req("FAULT-27")),
    pytest.param("executor", "order", ORDER, "until", TODAY, LAST, marks=pytest.mark.req("FAULT-27")),
    pytest.param("contractor", "accept-work", RPW, "finished", TODAY, TODAY, marks=pytest.mark.req("FAULT-27")),
]  # fmt: skip


@pytest.mark.parametrize(("state", "code", "told", "name", "earliest", "latest"), BOUNDS)
def test_the_first_and_the_last_day_are_taken_and_none_beyond_them(
    brought: Brought, state: str, code: str, told: dict[str, Any], name: str, earliest: date, latest: date
) -> None:
    for day, refusal in (
        (earliest - timedelta(days=1), "too-early"), (latest + timedelta(days=1), "too-late"), (date.min, "too-early"),
        (date.max, "too-late"),
    ):  # fmt: skip
        case = brought(state)
        with pytest.raises(Refused) as refused:
            take_step(case.pk, code, by=BY, at=AT, **{**told, name: day})
        assert (refused.value.code, refused.value.field) == (refusal, name)
    for day in (earliest, latest):
        case = brought(state)
        given = {**told, name: day}
        if name == "ordered":
            given["until"] = day
        assert take_step(case.pk, code, by=BY, at=AT, **given).version > case.version


@pytest.mark.req("FAULT-81")
def test_what_was_done_without_the_system_is_judged_by_the_day_on_which_it_was_done(
    city: City, brought: Brought, client: Client
) -> None:
    """Suspended on paper for three days, of which two have passed when it is entered."""
    case, later = brought("coordinator"), AT + timedelta(days=5)
    until = TODAY + timedelta(days=3)
    with pytest.raises(Refused):
        take_step(case.pk, "suspend", by=BY, at=later, reason="Mróz", until=until)
    client.force_login(city.administrator)
    typed = {"version": case.version, "reason": "Mróz", "until": polish(until)}
    address = reverse("cases:step", args=[case.number, "suspend"])
    then = {"happened_at_day": polish(TODAY), "happened_at_hour": "10:00"}
    assert list(client.post(address, typed).context["form"].errors) == ["until"]
    assert client.post(address, {**typed, **then}).status_code == 302
    assert Report.objects.get(case=case).returns_on == until


@pytest.fixture
def executor(city: City, client: Client) -> Client:
    client.force_login(make_staff("r@okienko.example", "executor", by=BY, at=LONG_AGO, group=city.crew))
    return client


def polish(day: date) -> str:
    return f"{day:%d.%m.%Y}"


@pytest.mark.req("FAULT-27", "FAULT-32", "CORE-55")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pl", "To za wcześnie: wybierz"),
        ("en", "This is too early: choose"),
        ("uk", "Це зарано: виберіть"),
    ],
)
def test_the_page_says_at_the_field_which_days_fit_and_loses_nothing(
    brought: Brought, executor: Client, language: str, said: str
) -> None:
    case = brought("executor")
    address = reverse("cases:step", args=[case.number, "delay"])
    typed = {"version": case.version, "reason": "Mróz i śnieg", "planned": "1.12.2025"}
    answer = executor.post(address, typed, headers={"accept-language": language})
    form = answer.context["form"]
    assert (list(form.errors), said in form.errors["planned"][0]) == (["planned"], True)
    assert (form["reason"].value(), form["planned"].value()) == ("Mróz i śnieg", "1.12.2025")
    assert form.fields["planned"].widget.attrs["data-max"] > form.fields["planned"].widget.attrs["data-min"]
    assert not Report.objects.get(case=case).delay_reason
    both = executor.post(address, {**typed, "reason": ""}).context["form"]
    assert set(both.errors) == {"reason", "planned"}, "all that is wrong at once"


@pytest.mark.req("FAULT-27", "CORE-55")
def test_the_page_of_an_order_names_every_wrong_day_at_once(brought: Brought, executor: Client) -> None:
    case = brought("executor")
    address = reverse("faults:order", args=[case.number])
    typed = {"version": case.version, "name": "Drogi Zmyślone", "task": "Załatać"}
    tomorrow = now().date() + timedelta(days=2)
    for ordered, until, wrong in (
        (tomorrow, tomorrow, ["ordered"]), (TODAY, TODAY - timedelta(days=1), ["until"]), (TODAY, date.max, ["until"]),
        (date(2020, 1, 1), date(2019, 1, 1), ["ordered"]),
    ):  # fmt: skip
        form = executor.post(address, {**typed, "ordered": polish(ordered), "until": polish(until)}).context[
            "form"
        ]
        assert (list(form.errors), form["task"].value()) == (wrong, "Załatać"), (ordered, until)
    given = {**typed, "name": "", "ordered": polish(tomorrow), "until": polish(TODAY)}
    assert set(executor.post(address, given).context["form"].errors) == {"firm", "ordered"}
    assert not Order.objects.exists()
    assert (
        executor.post(address, {**typed, "ordered": polish(TODAY), "until": polish(TODAY)}).status_code == 302
    )


@pytest.mark.req("FAULT-27", "CORE-64")
def test_programs_are_told_of_every_wrong_day(city: City, brought: Brought) -> None:
    case = brought("contractor")
    scopes = ["faults.see", "faults.execute"]
    executor = make_staff("r@okienko.example", "executor", by=BY, at=LONG_AGO, group=city.crew)
    _token, secret = create_token(executor, by=BY, at=AT, name="test", scopes=scopes)

    def asked(code: str, **inputs: str) -> tuple[int, dict[str, str]]:
        answer = Client().post(
            f"/api/v1/cases/{case.number}/steps/{code}", {"inputs": inputs}, "application/json",
            headers={"authorization": f"Bearer {secret}"},
        )  # fmt: skip
        return answer.status_code, {one["field"]: one["code"] for one in answer.json().get("errors", ())}

    assert asked("accept-work", finished="2999-01-01") == (
        422, {"inputs.finished": "too-late", "inputs.rpw": "missing"},
    )  # fmt: skip
    assert asked("reject-work", reason="Krzywo")[0] == 200
    assert asked("order", firm="Inna", ordered="2026-11-20", until="2026-11-19") == (
        422,
        {"inputs.until": "too-early"},
    )
    assert asked("order", firm="Inna", ordered="9999-12-31", until="9999-12-31") == (
        422,
        {"inputs.ordered": "too-late"},
    )
    assert Order.objects.count() == 1
