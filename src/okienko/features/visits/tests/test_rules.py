from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.features.visits import rules

AT = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


@pytest.mark.req("BOOK-01")
def test_days_are_counted_by_the_local_calendar():
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # half past midnight in Warsaw
    assert rules.horizon(late, 1, 14) == (date(2026, 11, 22), date(2026, 12, 5))


@pytest.mark.req("BOOK-17")
def test_what_was_not_confirmed_in_time_has_lapsed_by_itself():
    assert rules.state_at("unconfirmed", AT, AT) == "lapsed"
    assert rules.state_at("unconfirmed", AT, AT - timedelta(seconds=1)) == "unconfirmed"
    assert rules.state_at("confirmed", AT, AT + timedelta(days=9)) == "confirmed"


@given(st.integers(5, 2880), st.timedeltas(timedelta(minutes=1), timedelta(days=30)))
def test_nobody_confirms_after_the_visit_has_begun(minutes, ahead):
    until = rules.to_confirm_until(AT, minutes, AT + ahead)
    assert AT < until <= AT + ahead


@pytest.mark.req("BOOK-23")
@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-20T20:59:59+01:00", "2026-11-20T20:59:59+01:00"),
        ("2026-11-20T21:00:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-21T00:00:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-21T06:59:59+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-21T07:00:00+01:00", "2026-11-21T07:00:00+01:00"),
        # The clocks change in the night between.
        ("2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"),
    ],
)
def test_offers_are_not_sent_at_night(at, told):
    assert rules.not_at_night(datetime.fromisoformat(at)) == datetime.fromisoformat(told)
