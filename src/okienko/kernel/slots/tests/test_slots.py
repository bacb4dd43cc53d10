from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from okienko.base.decisions import Refused
from okienko.kernel.slots import actions, queries, rules
from okienko.kernel.slots.models import Claim

from .steps import AT, BY, LATER, MONDAY, WARSAW, free, hold, local, make_counter


def reception(week, *, step=30, places=1, pause=0, works=lambda day: True):
    intervals = {
        day: tuple((time.fromisoformat(first), time.fromisoformat(last)) for first, last in pairs)
        for day, pairs in week.items()
    }
    hours = rules.Hours(date(2026, 1, 1), None, intervals, step, places, pause)
    return rules.Reception(1, 1, WARSAW, (hours,), works)


def free_starts(plan, first, minutes, claims, not_before, *, last=None):
    axis = rules.axis_of(first, last or first, [(plan, minutes)])
    taken = axis.taken(claims)
    return Counter(
        start
        for offer in plan.offered(axis, minutes)
        for place in range(1, offer.places + 1)
        for _index, start in axis.moments(
            offer.free(taken.get((1, place), 0), kept_too=False) & axis.since(not_before)
        )
    )


class TestRules:
    @given(st.integers(0, 2**200), st.integers(1, 60))
    def test_fitting_is_what_counting_minute_by_minute_says(self, free, minutes):
        expected = sum(
            1 << start
            for start in range(free.bit_length())
            if all(free >> minute & 1 for minute in range(start, start + minutes))
        )
        assert rules.fits_for(free, minutes) == expected

    def test_breaks_are_never_crossed_and_visits_end_by_closing(self):
        found = free_starts(reception({"mon": [["08:00", "09:00"], ["12:00", "13:00"]]}), MONDAY, 40, [], AT)
        assert list(found) == [local(MONDAY, 8), local(MONDAY, 12)]

    @pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 14)])
    def test_nine_oclock_stays_nine_oclock_when_the_clocks_change(self, day):
        found = free_starts(
            reception({"sun": [["09:00", "10:00"]]}), day, 30, [], datetime(2026, 1, 1, tzinfo=UTC)
        )
        assert [start.astimezone(WARSAW).time() for start in found] == [time(9), time(9, 30)]

    def test_the_night_of_25_hours_has_one_hour_more(self):
        day = date(2026, 10, 25)
        found = free_starts(
            reception({"sun": [["00:00", "04:00"]]}, step=60), day, 60, [], datetime(2026, 1, 1, tzinfo=UTC)
        )
        assert len(found) == 5

    @pytest.mark.parametrize(("pause", "first"), [(0, 0), (20, 30), (60, 60)])
    def test_what_was_taken_before_midnight_reaches_into_the_day(self, pause, first):
        """The last visit of Sunday ends at midnight; the pause after it is of Monday. In Warsaw and in UTC alike."""
        for zone in (WARSAW, ZoneInfo("UTC")):
            week = {"sun": [["22:00", "23:59"]], "mon": [["00:00", "02:00"]]}
            plan = replace(reception(week, pause=pause), zone=zone)
            midnight = datetime.combine(MONDAY, time(), zone)
            edges = rules.blocked(midnight - timedelta(minutes=30), 30, pause)
            claims = [(1, 1, *edges)]
            found = free_starts(plan, MONDAY, 30, claims, AT)
            assert min(found) == midnight + timedelta(minutes=first)

    @settings(max_examples=200, deadline=None)
    @given(
        st.integers(1, 30), st.integers(0, 25), st.integers(1, 3), st.integers(5, 60),
        st.lists(st.tuples(st.integers(1, 3), st.integers(0, 10), st.integers(5, 90)), max_size=12),
    )  # fmt: skip
    def test_free_is_what_the_database_would_take(self, step, pause, places, minutes, asked):
        """Whatever was taken before: a time shown as free overlaps nothing, one not shown overlaps everywhere."""
        plan = reception({"mon": [["08:00", "12:00"]]}, step=step, places=places, pause=pause)
        base = local(MONDAY, 8)
        gone: dict = {}
        for place, quarter, length in asked:
            low, high = rules.blocked(base + timedelta(minutes=15 * quarter), length, pause)
            gone.setdefault(place, []).append((low, high))
        claims = [(1, place, *one) for place, those in gone.items() for one in those]
        found = free_starts(plan, MONDAY, minutes, claims, AT)
        for offset in range(0, 240 - minutes + 1, step):
            start = base + timedelta(minutes=offset)
            low, high = rules.blocked(start, minutes, pause)
            free = sum(
                all(high <= first or last <= low for first, last in gone.get(place, ()))
                for place in range(1, places + 1)
            )
            assert found.get(start, 0) == free

    @settings(max_examples=150, deadline=None)
    @given(
        st.sampled_from([date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 30)]),
        st.lists(
            st.tuples(st.integers(1, 60), st.integers(0, 20), st.integers(1, 3), st.integers(0, 7)),
            min_size=2,
            max_size=2,
        ),
        st.one_of(st.none(), st.integers(1, 90)),
        st.lists(
            st.tuples(st.integers(1, 3), st.integers(0, 6 * 86_400), st.integers(1, 12_000)), max_size=25
        ),
        st.integers(-60, 6 * 1440),
    )
    def test_days_in_one_row_are_what_each_moment_by_itself_says(self, first, hours, minutes, asked, since):
        """Across the change of the clock and a change of the hours, with what was taken to the second and off every
        step, closed times that last for hours, and visits as long as the step of their day."""
        last = first + timedelta(days=5)
        changes = first + timedelta(days=3)
        week = dict.fromkeys(
            rules.WEEKDAYS, ((time(0, 5), time(4)), (time(8), time(12, 20)), (time(22), time()))
        )
        rows = tuple(
            rules.Hours(begins, ends, week, step, places, pause, kept_back=share * 10)
            for (begins, ends), (step, pause, places, share) in zip(
                [(first, changes - timedelta(days=1)), (changes, None)], hours, strict=True
            )
        )
        plan = rules.Reception(1, 1, WARSAW, rows, lambda day: day != last)
        base = rules.midnight(first, WARSAW)
        claims = [
            (1, place, base + timedelta(seconds=begin), base + timedelta(seconds=begin + length))
            for place, begin, length in asked
        ]
        not_before = base + timedelta(minutes=since)
        found = free_starts(plan, first, minutes, claims, not_before, last=last)
        expected: Counter = Counter()
        for moment in (base + number * rules.MINUTE for number in range(6 * 1440 + 61)):
            day = moment.astimezone(WARSAW).date()
            own = plan.on(day) if day <= last else None
            if own is None or moment < not_before:
                continue
            length = minutes or own.step
            if not plan.offers(moment, length):
                continue
            low, high = rules.blocked(moment, length, own.pause)
            for place in range(1, own.places + 1):
                expected[moment] += all(
                    high <= begin or after <= low for _pk, where, begin, after in claims if where == place
                )
        assert found == +expected

    def test_a_moment_off_the_step_or_outside_hours_is_not_offered(self):
        plan = reception({"mon": [["08:00", "10:00"]]})
        assert plan.offers(local(MONDAY, 8, 30), 30)
        for start in (
            local(MONDAY, 8, 10),
            local(MONDAY, 9, 45),
            local(MONDAY, 7, 30),
            local(MONDAY, 10),
            local(date(2026, 11, 24), 8),
            local(MONDAY, 8, 30) + timedelta(seconds=1),
        ):
            assert not plan.offers(start, 30)


class TestHolding:
    def test_the_same_time_is_not_held_twice(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        with pytest.raises(Refused) as refused:
            hold([counter], local(MONDAY, 9), "b")
        assert refused.value.code == "somebody-was-faster"

    @pytest.mark.req("BOOK-12")
    def test_the_database_itself_refuses_a_second_claim(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        claim = Claim.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.create(
                resource=counter, during=claim.during, kind=Claim.Kind.TAKEN, key="b", made_at=AT
            )

    @pytest.mark.req("BOOK-11")
    def test_a_hold_ends_by_its_time_alone(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        assert local(MONDAY, 9) in [time.start for time in free([counter], now=LATER)]
        assert hold([counter], local(MONDAY, 9), "b", at=LATER, until=LATER + timedelta(minutes=5))

    def test_what_was_held_too_long_cannot_be_taken(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        with pytest.raises(Refused) as refused:
            actions.take("a", by=BY, at=LATER, subject_id=1, subject="x")
        assert refused.value.code == "hold-over"

    def test_a_taken_time_does_not_expire(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        actions.take("a", by=BY, at=AT, subject_id=1, subject="x")
        with pytest.raises(Refused):
            hold([counter], local(MONDAY, 9), "b", at=LATER, until=LATER + timedelta(minutes=5))

    def test_ones_own_hold_does_not_hide_ones_own_time(self, counter):
        hold([counter], local(MONDAY, 9), "mine")
        assert local(MONDAY, 9) not in [time.start for time in free([counter])]
        assert local(MONDAY, 9) in [time.start for time in free([counter], own_key="mine")]

    def test_another_time_is_sure_before_the_held_one_is_given_back(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        hold([counter], local(MONDAY, 10), "b")
        with pytest.raises(Refused):
            hold([counter], local(MONDAY, 10), "a", replacing=True)
        assert Claim.objects.filter(key="a", during__startswith=local(MONDAY, 9)).exists()
        hold([counter], local(MONDAY, 11), "a", replacing=True)
        assert Claim.objects.filter(key="a").count() == 1

    @pytest.mark.parametrize(
        "start",
        [
            local(MONDAY, 8, 10),
            local(MONDAY, 17),
            local(date(2026, 11, 22), 9),
            local(MONDAY, 15, 45),
        ],
    )
    def test_a_time_never_offered_is_refused(self, counter, start):
        with pytest.raises(Refused) as refused:
            hold([counter], start, "a")
        assert refused.value.code == "not-offered"

    def test_the_past_is_refused(self, counter):
        with pytest.raises(Refused) as refused:
            hold([counter], local(date(2026, 11, 20), 8), "a", at=local(date(2026, 11, 20), 8))
        assert refused.value.code == "time-passed"

    def test_a_long_visit_takes_all_that_it_covers(self, counter):
        hold([counter], local(MONDAY, 9), "a", minutes=90)
        starts = [time.start for time in free([counter])]
        assert local(MONDAY, 8, 30) in starts
        assert not {local(MONDAY, 9), local(MONDAY, 9, 30), local(MONDAY, 10)} & set(starts)
        assert local(MONDAY, 10, 30) in starts

    def test_a_pause_stands_on_both_sides(self, unit):
        counter = make_counter(unit, "P", step=5, pause=15)
        hold([counter], local(MONDAY, 10), "a")
        starts = [time.start for time in free([counter])]
        assert max(start for start in starts if start < local(MONDAY, 10)) == local(MONDAY, 9, 15)
        assert min(start for start in starts if start > local(MONDAY, 10)) == local(MONDAY, 10, 45)

    @pytest.mark.req("BOOK-05")
    def test_as_many_fit_as_there_are_places(self, unit):
        room = make_counter(unit, "Sala", places=3)
        for key in "abc":
            hold([room], local(MONDAY, 9), key)
        with pytest.raises(Refused):
            hold([room], local(MONDAY, 9), "d")
        assert sorted(Claim.objects.values_list("place", flat=True)) == [1, 2, 3]

    @pytest.mark.req("BOOK-03")
    def test_the_first_in_the_order_is_given_while_it_is_free(self, unit):
        first, second = make_counter(unit, "A"), make_counter(unit, "B")
        assert hold([first, second], local(MONDAY, 9), "a").resource_id == first.pk
        assert hold([first, second], local(MONDAY, 9), "b").resource_id == second.pk

    def test_holding_is_one_statement_and_never_more_than_three(self, counter):
        queries.receptions([counter.pk], fresh=True)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            hold([counter], local(MONDAY, 9), "a")
        assert len(seen) == 1
        with CaptureQueriesContext(connection) as seen:
            hold([counter], local(MONDAY, 9), "b", at=LATER, until=LATER + timedelta(minutes=5))
        assert len(seen) <= 3

    def test_free_times_are_one_question_whatever_their_number(self, unit):
        counters = [make_counter(unit, f"C{number}", step=5) for number in range(8)]
        free(counters)
        with CaptureQueriesContext(connection) as seen:
            found = queries.free_times(
                [one.pk for one in counters], MONDAY, date(2026, 12, 23), minutes=15, not_before=AT, now=AT
            )
        assert len(seen) == 1
        assert len(found) > 1000

    def test_changed_hours_are_known_at_once_even_to_a_process_that_kept_the_old(self, counter):
        free([counter])
        kept = dict(queries._kept)
        actions.set_hours(
            counter, by=BY, at=AT, first=MONDAY, last=MONDAY, week={"mon": [["12:00", "13:00"]]}, step=30
        )
        queries._kept.clear()
        queries._kept.update(kept)
        with pytest.raises(Refused):
            hold([counter], local(MONDAY, 9), "a")
        queries._kept.update(kept)
        assert [time.start for time in free([counter])] == [local(MONDAY, 12), local(MONDAY, 12, 30)]
