"""Days that a step asks for and the days from which they are counted, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Denied
from okienko.kernel.cases.rules import DUE, RECEIVED, TODAY, Day, Input, Need, Procedure, State, step

pytestmark = pytest.mark.req("CORE-21")

BEGINS = Need("begins", "Begins", Input.DATE, not_before=(Day(RECEIVED),), not_after=(Day(TODAY),))
ENDS = Need("ends", "Ends", Input.DATE, not_before=(Day("begins"), Day(DUE)), not_after=(Day("begins", 30),))
TABLE = Procedure(
    code="work",
    name="Work",
    source="Instruction of the example office",
    states=(State("new", "new"),),
    start="new",
    steps=(
        step("order", "Order", "ordered", "new", None, by="work.order", basis="§ 1", needs=(BEGINS, ENDS)),
    ),
)
ORDER = TABLE.row("order")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CAME, NOW, BY = date(2026, 3, 1), date(2026, 3, 20), date(2026, 3, 15)
KNOWN = {RECEIVED: CAME, TODAY: NOW, DUE: BY}


@given(begins=DAYS, ends=DAYS)
def test_each_wrong_day_is_named_with_the_nearest_that_would_do(begins: date, ends: date) -> None:
    wrong = {one.field: one for one in ORDER.wrong_days({"begins": begins, "ends": ends}, KNOWN)}
    right = {"begins": begins, "ends": ends} | {
        name: one.limit for name, one in wrong.items() if isinstance(name, str)
    }
    assert CAME <= right["begins"] <= NOW
    assert ("begins" in wrong) == (not CAME <= begins <= NOW)
    assert right["ends"] >= BY
    if "begins" not in wrong:
        assert ("ends" in wrong) == (not max(begins, BY) <= ends <= date.fromordinal(begins.toordinal() + 30))
    decided = TABLE.decide(ORDER, "new", {"begins": begins, "ends": ends}, frozenset(), KNOWN)
    assert bool(decided) == (not wrong)


def test_what_is_wrong_itself_is_no_measure_of_others() -> None:
    told = list(ORDER.wrong_days({"begins": date.max, "ends": date.max}, KNOWN))
    assert told == [Denied("", code="too-late", field="begins", limit=NOW)]


def test_a_day_that_nobody_knows_limits_nothing() -> None:
    assert list(ORDER.wrong_days({"begins": date.min, "ends": date.max}, {})) == [
        Denied("", code="too-late", field="ends", limit=date(1, 1, 31))
    ]
    assert TABLE.decide(ORDER, "new", {"begins": CAME, "ends": CAME})


@pytest.mark.parametrize("base", ["ends", "nowhere"])
def test_a_day_is_counted_from_one_that_is_filled_in_before_it(base: str) -> None:
    needs = (replace(BEGINS, not_before=(Day(base),)), ENDS)
    with pytest.raises(ValueError, match=f"order counts begins from the unknown day {base}"):
        replace(TABLE, steps=(replace(ORDER, needs=needs),))
