from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.time import WARSAW
from okienko.kernel.consents.rules import cutoff


@pytest.mark.req("CORE-41", "FAULT-70")
@pytest.mark.parametrize(
    ("at", "before"),
    [("2026-04-30", "2026-01-01"), ("2026-05-01", "2026-02-01"), ("2026-05-31", "2026-02-01"), ("2026-01-01", "2025-10-01")],
)  # fmt: skip
def test_the_month_of_the_end_does_not_count_where_the_rule_says_so(at: str, before: str) -> None:
    """What ended on 15 January and lives three months goes on 1 May."""
    found = cutoff(datetime.fromisoformat(at).replace(tzinfo=WARSAW), 3, whole_months=True)
    assert found == datetime.fromisoformat(before).replace(tzinfo=WARSAW)


@pytest.mark.req("CORE-41")
def test_months_end_where_the_shorter_month_ends() -> None:
    assert cutoff(datetime(2026, 5, 31, 12, tzinfo=UTC), 3) == datetime(2026, 2, 28, tzinfo=WARSAW)
    assert cutoff(datetime(2026, 4, 30, 23, tzinfo=UTC), 1) == datetime(2026, 4, 1, tzinfo=WARSAW)


moments = st.integers(946_684_800, 3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.req("CORE-41")
@given(moments, moments, st.integers(0, 240), st.booleans())
def test_later_lets_never_less_go_and_longer_never_more(
    one: datetime, other: datetime, months: int, whole: bool
) -> None:
    early, late = sorted((one, other))
    assert cutoff(early, months, whole_months=whole) <= cutoff(late, months, whole_months=whole)
    assert cutoff(early, months + 1, whole_months=whole) <= cutoff(early, months, whole_months=whole) <= early
