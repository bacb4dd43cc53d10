"""What the order asks of each step, on real reports: what must be said, where the report then lies, who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.timezone import localtime

from okienko.base.decisions import Refused
from okienko.features.faults.models import Report
from okienko.features.faults.tests.conftest import AT, BY, City
from okienko.kernel.calendars.queries import open_clock
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages.models import Message

SOON = date(2026, 11, 27)
LATER = date(2027, 1, 15)
TO_COORDINATOR, TO_EXECUTOR = "pass-to-coordinator", "pass-to-executor"
ORDERED = {"firm": "Drogi Zmyślone", "ordered": AT.date(), "until": SOON}
RPW = {"rpw": "RPW/1/2026"}


@pytest.fixture
def brought(city: City) -> Callable[..., Case]:
    """A report brought to a state by the shortest way."""

    def to(state: str, **given: Any) -> Case:
        case = city.reported(contact_email="anonim@example.org", **given)
        ways: dict[str, list[tuple[str, dict[str, Any]]]] = {
            "new": [],
            "coordinator": [(TO_COORDINATOR, {"group": city.roads})],
            "executor": [(TO_COORDINATOR, {"group": city.roads}), (TO_EXECUTOR, {"group": city.crew})],
        }
        ways["contractor"] = [*ways["executor"], ("order", ORDERED)]
        for code, told in ways[state]:
            case = take_step(case.pk, code, by=BY, at=AT, **told)
        return case

    return to


def when(moment: datetime | None) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


def taken(case: Case, code: str, **given: Any) -> Case:
    return take_step(case.pk, code, by=BY, at=AT, **given)


@pytest.mark.parametrize(
    ("state", "code", "given", "ends"),
    [
        pytest.param("new", "not-the-citys", {**RPW, "body": "Gazownia", "reason": "Nie nasze"}, "elsewhere",
                     marks=pytest.mark.req("FAULT-21")),
        pytest.param("new", "unit-outside", {**RPW, "body": "Wodociągi"}, "elsewhere", marks=pytest.mark.req("FAULT-22")),
        pytest.param("coordinator", "return-to-operator", {"addressee": "Zieleń", "reason": "To trawnik"}, "returned",
                     marks=pytest.mark.req("FAULT-23")),
        pytest.param("coordinator", "part-elsewhere", {"told": "telefonem 20.11", "reason": "Lampa nie nasza"}, "coordinator",
                     marks=pytest.mark.req("FAULT-23")),
        pytest.param("coordinator", "suspend", {"reason": "Mróz", "until": SOON}, "suspended",
                     marks=pytest.mark.req("FAULT-24")),
        pytest.param("executor", "return-to-coordinator", {"reason": "Nie nasz zakres"}, "returned-by-executor",
                     marks=pytest.mark.req("FAULT-26")),
        pytest.param("executor", "order", ORDERED, "contractor", marks=pytest.mark.req("FAULT-27")),
        pytest.param("contractor", "accept-work", {**RPW, "finished": AT.date()}, "resolved", marks=pytest.mark.req("FAULT-27")),
        pytest.param("contractor", "reject-work", {"reason": "Krzywo"}, "executor", marks=pytest.mark.req("FAULT-27")),
        pytest.param("executor", "resolve", {**RPW, "done": "Załatano"}, "resolved", marks=pytest.mark.req("FAULT-28")),
        pytest.param("executor", "decline", {**RPW, "reason": "Teren prywatny"}, "declined",
                     marks=pytest.mark.req("FAULT-28")),
        pytest.param("executor", "to-outside-body", {**RPW, "body": "Kolej"}, "elsewhere", marks=pytest.mark.req("FAULT-28")),
        pytest.param("executor", "not-an-intervention", {**RPW, "reason": "Prośba o plan"}, "not-intervention",
                     marks=pytest.mark.req("FAULT-25")),
        pytest.param("executor", "delay", {"reason": "Mróz", "planned": LATER}, "executor",
                     marks=pytest.mark.req("FAULT-32")),
    ],
)  # fmt: skip
def test_nothing_of_what_must_be_said_may_be_left_out(
    brought: Callable[..., Case], state: str, code: str, given: dict[str, Any], ends: str
) -> None:
    case = brought(state)
    for name in given:
        with pytest.raises(Refused) as refused:
            taken(case, code, **{key: value for key, value in given.items() if key != name})
        assert (refused.value.code, refused.value.field) == ("missing-input", name)
    done = taken(case, code, **given)
    assert done.state == ends
    told = entries_of(done).filter(kind=f"zgloszenia.{code}").get().after or {}
    assert {name: str(told[name]) for name in given} == {name: str(value) for name, value in given.items()}


@pytest.mark.req("FAULT-21", "FAULT-22", "FAULT-27", "FAULT-28", "FAULT-32")
@pytest.mark.parametrize(
    ("state", "code", "given"),
    [
        ("new", "not-the-citys", {**RPW, "body": "Gazownia", "reason": "Nie nasze"}),
        ("new", "unit-outside", {**RPW, "body": "Wodociągi"}),
        ("executor", "resolve", {**RPW, "done": "Załatano"}),
        ("executor", "decline", {**RPW, "reason": "Teren prywatny"}),
        ("executor", "to-outside-body", {**RPW, "body": "Kolej"}),
        ("executor", "delay", {"reason": "Mróz", "planned": LATER}),
        ("contractor", "accept-work", {**RPW, "finished": AT.date()}),
    ],
)
def test_who_left_an_address_is_told(
    brought: Callable[..., Case], state: str, code: str, given: dict[str, Any]
) -> None:
    case = brought(state)
    told = Message.objects.filter(address="anonim@example.org", notice="fault.changed")
    before = told.count()
    taken(case, code, **given)
    assert told.count() == before + 1


@pytest.mark.req("FAULT-41")
def test_by_sms_who_left_a_phone_alone(city: City) -> None:
    case = city.reported(contact_phone="600100200")
    taken(case, "unit-outside", **RPW, body="Inni")
    by = Message.objects.filter(subject_id=case.pk).values_list("notice", "channel", "address")
    assert sorted(by) == [
        ("fault.changed", "sms", "48600100200"),
        ("fault.registered", "sms", "48600100200"),
    ]


@pytest.mark.req("FAULT-23")
@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("return-to-operator", {"addressee": "Zieleń", "reason": "To trawnik"}),
        ("part-elsewhere", {"told": "telefonem 20.11", "reason": "Lampa nie nasza"}),
    ],
)
def test_operators_hear_of_what_is_for_others(
    city: City, brought: Callable[..., Case], code: str, given: dict[str, Any]
) -> None:
    case = brought("coordinator")
    told = Message.objects.filter(address=city.operator.email, notice="fault.passed")
    assert not told.exists()
    taken(case, code, **given)
    assert told.count() == 1


@pytest.mark.req("FAULT-23")
def test_two_working_days_to_return_it_stop_when_it_is_passed_on(brought: Callable[..., Case]) -> None:
    case = brought("coordinator")
    clock = open_clock(case, "return")
    assert clock is not None
    assert when(clock.due_at) == "2026-11-24 17:00"
    assert (
        open_clock(taken(case, "return-to-operator", addressee="Inni", reason="Nie nasze"), "return") is None
    )
    assert open_clock(brought("executor"), "return") is None


@pytest.mark.req("FAULT-26")
def test_what_an_executor_returns_lies_with_the_coordinators_that_it_came_from(
    city: City, brought: Callable[..., Case]
) -> None:
    case = taken(brought("executor"), "return-to-coordinator", reason="Mróz", until=SOON)
    assert (case.group, case.person, case.state) == (city.roads, None, "returned-by-executor")
    again = taken(case, TO_EXECUTOR, group=city.crew)
    assert (again.group, again.state) == (city.crew, "executor")


@pytest.mark.req("FAULT-30")
def test_one_working_day_to_take_it_up_from_each_passing(brought: Callable[..., Case]) -> None:
    """From Friday: until the close of Monday, for coordinators and then for executors."""
    for state in ("coordinator", "executor"):
        clock = open_clock(brought(state), "take-up")
        assert clock is not None
        assert when(clock.due_at) == "2026-11-23 16:00"


@pytest.mark.req("FAULT-31")
@pytest.mark.parametrize(
    ("came", "until"),
    [
        pytest.param(datetime(2026, 11, 20, 9, tzinfo=UTC), "2026-12-04 16:00", id="on a Friday"),
        pytest.param(datetime(2026, 11, 21, 9, tzinfo=UTC), "2026-12-04 16:00", id="on a Saturday"),
        pytest.param(datetime(2026, 11, 23, 9, tzinfo=UTC), "2026-12-07 16:00", id="on a Monday"),
        pytest.param(datetime(2026, 11, 10, 9, tzinfo=UTC), "2026-11-25 16:00", id="before 11 November"),
    ],
)
def test_ten_working_days_from_the_day_on_which_it_came(city: City, came: datetime, until: str) -> None:
    case = city.reported(at=came)
    assert when(case.due_at) == until
    passed = take_step(case.pk, TO_COORDINATOR, by=BY, at=AT if came < AT else came, group=city.roads)
    assert passed.due_at == case.due_at


@pytest.mark.req("FAULT-28", "FAULT-20")
def test_the_number_of_the_register_stays_with_the_report(brought: Callable[..., Case]) -> None:
    case = taken(brought("executor"), "resolve", **RPW, done="Załatano")
    assert Report.objects.get(case=case).rpw == "RPW/1/2026"
