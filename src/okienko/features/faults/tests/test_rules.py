"""The table of the procedure against the order, paragraph by paragraph, without a database."""

import re

import pytest

from okienko.base.decisions import Denied
from okienko.features.faults.rules import FINISH, PROCEDURE, RETURN, RPW_PATTERN, TAKE_UP
from okienko.kernel.cases.rules import ClockMove, Holder


def row(code):
    return PROCEDURE.row(code)


@pytest.mark.req("CORE-21", "FAULT-20")
def test_every_paragraph_of_the_order_that_is_a_step_stands_in_the_table():
    told = " ".join(step.basis for step in PROCEDURE.steps)
    for paragraph in (
        "13(1)",
        "14",
        "15",
        "16(2)",
        "18(2)",
        "19(1)",
        "19(2)",
        "19(3)",
        "19(4)",
        "21(1)",
        "21(2)",
        "21(3)",
    ):
        assert paragraph in told


@pytest.mark.req("FAULT-30")
def test_taking_up_is_one_working_day_from_passing():
    assert PROCEDURE.clock(TAKE_UP).rule == {"working_days": 1}
    for code in ("pass-to-coordinator", "pass-to-executor", "pass-to-other-coordinator"):
        moves = [(on.move, on.clock) for on in row(code).clocks]
        assert (ClockMove.START, TAKE_UP) in moves


@pytest.mark.req("FAULT-23")
def test_what_is_for_others_is_returned_within_two_working_days_of_passing():
    assert PROCEDURE.clock(RETURN).rule == {"working_days": 2}
    moves = {one.code: on.move for one in PROCEDURE.steps for on in one.clocks if on.clock == RETURN}
    assert moves == {
        "pass-to-coordinator": ClockMove.START,
        "pass-to-other-coordinator": ClockMove.START,
        "reopen": ClockMove.START,
        "return-to-operator": ClockMove.MEET,
        "pass-to-executor": ClockMove.CANCEL,
        "suspend": ClockMove.CANCEL,
    }
    assert row("return-to-operator").needs[0].name == "addressee"


@pytest.mark.req("FAULT-31")
def test_finishing_is_ten_working_days_from_receipt():
    clock = PROCEDURE.clock(FINISH)
    assert clock.rule == {"working_days": 10}
    assert clock.from_receipt
    assert clock.counts_from == "as_it_came"


@pytest.mark.req("FAULT-24")
def test_suspension_stops_the_clock_and_its_end_lets_it_run_on():
    assert (ClockMove.STOP, FINISH) in [(on.move, on.clock) for on in row("suspend").clocks]
    for code in ("resume", "resume-by-date"):
        assert (ClockMove.RESUME, FINISH) in [(on.move, on.clock) for on in row(code).clocks]
    assert row("resume-by-date").by_system


@pytest.mark.req("FAULT-26")
def test_what_an_executor_returns_goes_to_the_group_that_it_came_from():
    assert row("return-to-coordinator").holder is Holder.GROUP_BEFORE


@pytest.mark.req("FAULT-29")
@pytest.mark.parametrize(
    "code", sorted(one.code for one in PROCEDURE.steps if one.target and not PROCEDURE.state(one.target).open)
)
def test_no_end_without_an_answer_for_who_wanted_one(code):
    step = row(code)
    filled = {need.name: "x" for need in step.needs if need.name != "answer"}
    source = next(iter(step.sources))
    assert PROCEDURE.decide(step, source, filled)
    refused = PROCEDURE.decide(step, source, filled, frozenset({"wants_answer"}))
    assert isinstance(refused, Denied)
    assert refused.field == "answer"


@pytest.mark.req("FAULT-21", "FAULT-22", "FAULT-28")
@pytest.mark.parametrize("code", ["not-the-citys", "unit-outside", "to-outside-body"])
def test_what_leaves_the_city_needs_its_number_and_addressee(code):
    needed = {need.name for need in row(code).needs if need.required or need.required_if == "without_rpw"}
    assert {"rpw", "body"} <= needed
    assert row(code).target == "elsewhere"


@pytest.mark.req("FAULT-20")
def test_nothing_that_an_executor_ends_goes_without_its_number():
    ending = [one for one in PROCEDURE.steps if one.target and not PROCEDURE.state(one.target).open]
    assert len(ending) > 5
    for step in ending:
        filled = {need.name: "x" for need in step.needs if need.name != "rpw"}
        refused = PROCEDURE.decide(step, next(iter(step.sources)), filled, frozenset({"without_rpw"}))
        assert isinstance(refused, Denied), step.code
        assert refused.field == "rpw"
        assert PROCEDURE.decide(step, next(iter(step.sources)), filled), step.code


@pytest.mark.parametrize(
    ("number", "right"), [("RPW/1/2026", True), ("RPW/12345/2026", True), ("rpw 1/26", False), ("", False)]
)
def test_the_form_of_the_rpw_number(number, right):
    assert bool(re.match(RPW_PATTERN, number)) is right


@pytest.mark.req("FAULT-27")
def test_rejected_work_goes_back_to_handling():
    assert row("reject-work").target == "executor"
    assert {"firm", "ordered", "until"} == {need.name for need in row("order").needs}
