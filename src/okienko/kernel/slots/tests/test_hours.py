"""When counters receive: hours laid over days, days of the calendar, times closed."""

from datetime import date, timedelta

import pytest
from django.db import connection

from okienko.base.decisions import Refused
from okienko.kernel.calendars.actions import change_calendar
from okienko.kernel.calendars.factories import OFFICE, make_calendar
from okienko.kernel.calendars.queries import OwnDay
from okienko.kernel.slots import actions, queries
from okienko.kernel.slots.models import Claim

from .steps import AT, BY, MONDAY, free, hold, local, make_counter


class TestHours:
    @pytest.mark.req("BOOK-04")
    def test_new_hours_cut_the_old_and_list_what_no_longer_fits(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        taken = actions.take("a", by=BY, at=AT, subject_id=1, subject="x")
        misfits = actions.set_hours(
            counter, by=BY, at=AT, first=MONDAY, last=MONDAY, week={"mon": [["12:00", "13:00"]]}, step=30
        )
        assert misfits == [taken]
        assert counter.hours.count() == 3
        assert len(free([counter], date(2026, 11, 24))) == 16

    def test_a_day_off_of_the_calendar_closes_the_counter(self, unit):
        calendar = make_calendar(by=BY, at=AT)
        counter = make_counter(unit, "K", calendar=calendar)
        assert free([counter], date(2026, 12, 24)) == []
        assert free([counter], date(2026, 12, 23)) != []

    @pytest.mark.req("BOOK-03")
    def test_shorter_and_unusual_days_of_the_calendar_are_those_of_the_counter(self, unit):
        """Changed after the counter has its hours: a day until noon, and a Saturday that is worked."""
        calendar = make_calendar(by=BY, at=AT)
        week = {**OFFICE, "tue": [["09:00", "11:00"], ["11:30", "17:00"]]}
        counter = make_counter(unit, "K", week=week, calendar=calendar)
        short, saturday = date(2026, 12, 22), date(2026, 12, 12)
        assert free([counter], saturday) == []
        own_days = {
            short: OwnDay(((8 * 3600, 12 * 3600),)), saturday: OwnDay(((9 * 3600 + 600, 11 * 3600),))
        }  # fmt: skip
        change_calendar(calendar, by=BY, at=AT, version=calendar.version, running="keep", own_days=own_days)
        assert [one.start for one in free([counter], short)] == [
            local(short, 9), local(short, 9, 30), local(short, 10), local(short, 10, 30), local(short, 11, 30)
        ]  # fmt: skip
        assert [one.start for one in free([counter], saturday)] == [
            local(saturday, 9, 10), local(saturday, 9, 40), local(saturday, 10, 10)
        ]  # fmt: skip
        assert free([counter], date(2026, 12, 19)) == []
        with pytest.raises(Refused):
            hold([counter], local(short, 13), "a")
        assert hold([counter], local(saturday, 9, 40), "b")

    @pytest.mark.req("BOOK-34")
    def test_a_time_held_while_the_day_is_being_closed_is_given_back(self, counter):
        """Another process holds one after the holds of the day are gone and before its gaps are closed."""

        def meanwhile(execute, sql, params, many, context):
            if "INSERT INTO slots_claim" in sql and "gap" in sql and not Claim.objects.exists():
                hold([counter], local(MONDAY, 9), "a")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(meanwhile):
            actions.close(counter, local(MONDAY, 8), local(MONDAY, 16), by=BY, at=AT, note="awaria")
        assert set(Claim.objects.values_list("kind", flat=True)) == {Claim.Kind.CLOSED}
        assert free([counter]) == []

    @pytest.mark.parametrize(
        "week",
        [
            {"mon": [["10:00", "09:00"]]},
            {"mon": [["08:00", "10:00"], ["09:00", "11:00"]]},
            {"nie": []},
            {"mon": [["aa", "bb"]]},
            {"mon": [["8", None]]},
        ],
    )
    def test_impossible_hours_are_refused(self, counter, week):
        with pytest.raises(Refused):
            actions.set_hours(counter, by=BY, at=AT, first=MONDAY, last=None, week=week, step=30)

    def test_closing_names_the_visits_that_stand_and_lets_no_new_one_in(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        actions.take("a", by=BY, at=AT, subject_id=1, subject="x")
        standing = actions.close(
            counter, local(MONDAY, 8), local(MONDAY, 16), by=BY, at=AT, note="awaria prądu"
        )
        assert len(standing) == 1
        assert free([counter]) == []
        actions.release(standing[0], by=BY, at=AT)
        assert [time.start for time in free([counter])] == [local(MONDAY, 9)]


@pytest.mark.req("BOOK-36")
class TestMinutesOffered:
    """Of whole hours from eight to four unless a test says otherwise."""

    def offered(self, counter, first=MONDAY, last=MONDAY):
        found = queries.minutes_offered([counter.pk], local(first, 0), local(last + timedelta(days=1), 0))
        return found[counter.pk]

    def test_each_place_counts_and_nights_and_free_days_do_not(self, unit):
        assert self.offered(make_counter(unit, "A", places=3)) == 3 * 480
        assert self.offered(make_counter(unit, "B"), MONDAY, date(2026, 12, 6)) == 10 * 480
        assert self.offered(make_counter(unit, "C"), date(2026, 11, 28), date(2026, 11, 29)) == 0

    def test_what_is_closed_is_not_offered_however_long_and_far_beyond_the_hours(self, unit):
        counter = make_counter(unit, "A", places=2)
        actions.close(counter, local(MONDAY, 10, 7), local(MONDAY, 11), by=BY, at=AT, note="narada")
        assert self.offered(counter) == 2 * (480 - 53)
        actions.close(counter, local(MONDAY, 14), local(date(2026, 11, 25), 9), by=BY, at=AT, note="awaria")
        assert self.offered(counter) == 2 * (480 - 53 - 120)
        assert self.offered(counter, last=date(2026, 11, 26)) == 2 * (4 * 480 - 53 - 120 - 480 - 60)
        actions.reopen(counter, local(MONDAY, 14), local(date(2026, 11, 25), 9), by=BY, at=AT)
        assert self.offered(counter) == 2 * (480 - 53)

    def test_who_has_a_time_there_still_keeps_it(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        actions.take("a", by=BY, at=AT, subject_id=1, subject="x")
        actions.close(counter, local(MONDAY, 8), local(MONDAY, 16), by=BY, at=AT, note="awaria")
        assert self.offered(counter) == 30

    def test_what_is_held_and_taken_is_offered_all_the_same(self, counter):
        hold([counter], local(MONDAY, 9), "a")
        assert self.offered(counter) == 480
        actions.take("a", by=BY, at=AT, subject_id=1, subject="x")
        assert self.offered(counter) == 480

    def test_a_place_that_is_not_there_any_more_takes_nothing_away(self, unit):
        counter = make_counter(unit, "A", places=2)
        actions.close(counter, local(MONDAY, 8), local(MONDAY, 16), by=BY, at=AT, note="awaria")
        actions.set_hours(counter, by=BY, at=AT, first=MONDAY, last=None, week=OFFICE, step=30)
        assert self.offered(counter) == 0

    def test_a_day_off_that_came_later_counts_at_once_also_in_a_process_that_kept_the_old(self, unit):
        calendar = make_calendar(by=BY, at=AT)
        counter = make_counter(unit, "K", calendar=calendar)
        assert self.offered(counter) == 480
        kept = dict(queries._kept)
        own_days = {MONDAY: OwnDay(())}
        change_calendar(calendar, by=BY, at=AT, version=calendar.version, running="keep", own_days=own_days)
        queries._kept.clear()
        queries._kept.update(kept)
        assert self.offered(counter) == 0

    def test_the_night_of_25_hours_has_one_hour_more(self, unit):
        counter = make_counter(unit, "N", week={"sun": [["00:00", "04:00"]]})
        sunday = date(2026, 10, 25)
        assert self.offered(counter, sunday, sunday) == 5 * 60
        actions.close(counter, local(sunday, 1), local(sunday, 4), by=BY, at=AT, note="zmiana czasu")
        assert self.offered(counter, sunday, sunday) == 60
