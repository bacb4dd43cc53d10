"""Tables over a run of years in which every answer about working time is a look-up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise

from .week import Hours
from .zones import (
    DAY,
    EPOCH_ORDINAL,
    MICROSECONDS,
    Instant,
    first_reaching,
    segments,
    showing,
    to_datetime,
)


class Span:
    """Working time of one calendar from the first day of one year to the last day of another.

    Days are counted by their ordinal. `through[i]` is the number of working days up to and including the ith
    date, so that the nth working day after a date is found by addition. `starts`, `ends`, `before` and
    `after` hold every stretch of working time with the working time that had passed at its two ends.
    """

    __slots__ = (
        "after",
        "before",
        "begins",
        "closing_at",
        "closings",
        "ends",
        "finishes",
        "first_day",
        "first_year",
        "last_day",
        "last_year",
        "opening_at",
        "starts",
        "through",
        "working_days",
    )

    def __init__(
        self, zone: str, first_year: int, last_year: int, hours_of_year: Callable[[int], list[Hours]]
    ) -> None:
        self.first_year, self.last_year = first_year, last_year
        self.first_day = date(first_year, 1, 1).toordinal()
        self.last_day = date(last_year, 12, 31).toordinal()
        # Between these two instants every zone is at a date that the tables hold.
        self.begins: Instant = (self.first_day - EPOCH_ORDINAL + 2) * DAY * MICROSECONDS
        self.finishes: Instant = (self.last_day - EPOCH_ORDINAL - 1) * DAY * MICROSECONDS
        self.through: list[int] = []
        self.working_days: list[int] = []
        self.opening_at: list[Instant] = []
        self.closing_at: list[Instant] = []
        parts = segments(zone, first_year, last_year)
        changed = {
            day
            for (_, end, old), (_, _, new) in pairwise(parts)
            for day in range((end + min(old, new)) // DAY, (end + max(old, new)) // DAY + 1)
        }
        stretches: list[tuple[int, int]] = []
        part = 0
        ordinal = self.first_day
        for year in range(first_year, last_year + 1):
            for hours in hours_of_year(year):
                if hours:
                    day = ordinal - EPOCH_ORDINAL
                    midnight = day * DAY
                    if day in changed:
                        pieces = [
                            piece for a, b in hours for piece in showing(midnight + a, midnight + b, parts)
                        ]
                        skipped = first_reaching(midnight + hours[-1][1], parts)
                        opening = pieces[0][0] if pieces else skipped
                        closing = max(b for _, b in pieces) if pieces else skipped
                    else:
                        while midnight >= parts[part][1] + parts[part][2]:
                            part += 1
                        midnight -= parts[part][2]
                        pieces = [(midnight + a, midnight + b) for a, b in hours]
                        opening, closing = pieces[0][0], pieces[-1][1]
                    stretches += pieces
                    self.working_days.append(ordinal)
                    self.opening_at.append(opening * MICROSECONDS)
                    self.closing_at.append(closing * MICROSECONDS)
                self.through.append(len(self.working_days))
                ordinal += 1
        self.closings: list[datetime] = [to_datetime(closing) for closing in self.closing_at]
        stretches.sort()
        self.starts = [start * MICROSECONDS for start, _ in stretches]
        self.ends = [end * MICROSECONDS for _, end in stretches]
        self.before: list[int] = []
        self.after: list[int] = []
        passed = 0
        for start, end in stretches:
            self.before.append(passed)
            passed += (end - start) * MICROSECONDS
            self.after.append(passed)

    def worked_until(self, instant: Instant) -> int:
        """Working time from the beginning of the span to the instant."""
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        return self.before[index] + min(instant, self.ends[index]) - self.starts[index]

    def reached_at(self, worked: int) -> Instant | None:
        """The first instant by which so much working time has passed; nothing if it is after the span."""
        index = bisect_left(self.after, worked)
        if index == len(self.after):
            return None
        return self.starts[index] + worked - self.before[index]
