"""A slow second opinion, written apart from the rules: it looks at the clock on the wall minute by minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

MINUTE = timedelta(minutes=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Intervals = Sequence[Sequence[str]]
STATUTE = holidays.country_holidays("PL", years=range(1990, 2102))


class Office:
    def __init__(
        self,
        zone: str,
        week: Mapping[str, Intervals],
        statutory: bool = True,
        exceptions: Mapping[str, Intervals] | None = None,
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.week = week
        self.statutory = statutory
        self.exceptions = exceptions or {}

    def intervals(self, on: date) -> Intervals:
        if on.isoformat() in self.exceptions:
            return self.exceptions[on.isoformat()]
        if self.statutory and on in STATUTE:
            return ()
        return self.week.get(NAMES[on.weekday()], ())

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        wall = f"{local:%H:%M}"
        return any(opens <= wall < closes for opens, closes in self.intervals(local.date()))

    def minutes(self, start: datetime, end: datetime) -> int:
        """Open minutes between two whole minutes."""
        count = 0
        while start < end:
            count += self.is_open(start)
            start += MINUTE
        return count

    def after(
        self, start: datetime, minutes: int, stops: Sequence[tuple[datetime, datetime]] = ()
    ) -> datetime:
        """The first minute by which so many open minutes have passed outside the stops."""
        now = start.astimezone(UTC)
        while minutes:
            stopped = any(begins <= now < ends for begins, ends in stops)
            minutes -= self.is_open(now) and not stopped
            now += MINUTE
        return now

    def closing(self, on: date) -> datetime:
        hours, minutes = self.intervals(on)[-1][1].split(":")
        midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - the clock on the wall
        local = midnight + timedelta(hours=int(hours), minutes=int(minutes))
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def nth_day_after(self, moment: datetime, number: int) -> datetime:
        on = moment.astimezone(self.zone).date()
        while number:
            on += timedelta(days=1)
            number -= bool(self.intervals(on))
        return self.closing(on)
