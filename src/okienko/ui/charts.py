"""Charts as drawings that say what they show: each with a title, words for those who cannot see it, patterns and
shapes beside colours, and the same numbers as a table. Plain Python: numbers in, geometry out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil, cos, floor, log10, pi, sin
from typing import Any

Number = int | float
SERIES = 6
MARKS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "M-4-4h8v8h-8z",
    "M0-5 5 4h-10z",
    "M0-5 5 0 0 5-5 0z",
    "M0 5 5-4h-10z",
    "M-4-1.5h2.5V-4h3v2.5H4v3H1.5V4h-3V1.5H-4z",
)
_ids = count(1)


@dataclass(frozen=True, slots=True)
class Datum:
    label: Any
    value: Number
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    name: Any
    points: tuple[Datum, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    datum: Datum
    top: float
    text_at: float
    length: float
    value_at: float


@dataclass(frozen=True, slots=True)
class Slice:
    datum: Datum
    number: int
    path: str
    share: float


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    datum: Datum
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Drawn:
    name: Any
    number: int
    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    value: Number
    place: float


def data(series: Iterable[Any]) -> list[Datum]:
    """`Datum`s, or pairs and triples of label, value and address."""
    return [one if isinstance(one, Datum) else Datum(*one) for one in series]


def new_id() -> str:
    """Ids of titles and patterns; several charts may stand on one page."""
    return f"chart-{next(_ids)}"


# --- Bars -----------------------------------------------------------------------------------------------------

WIDTH = 360.0
_ROW = 44.0


def bars(series: Sequence[Datum]) -> tuple[list[Bar], float]:
    """Lying, each under its own words: long names fit on a phone. And the height of the whole."""
    most = max((datum.value for datum in series), default=0) or 1
    drawn = []
    for place, datum in enumerate(series):
        length = max(datum.value, 0) / most * (WIDTH - 60)
        top = place * _ROW + 20
        drawn.append(Bar(datum, top, top - 5, round(length, 1), round(length + 6, 1)))
    return drawn, len(series) * _ROW + 4


# --- Lines ----------------------------------------------------------------------------------------------------

LEFT, RIGHT, TOP, BOTTOM = 44.0, 330.0, 12.0, 172.0
MOST_MARKS = 24  # more would run into one another
_LETTER = 8.0  # as wide as one letter of the words below, with its share of the gap to the next word


def lines(series: Sequence[Line]) -> tuple[list[Drawn], list[Tick], list[tuple[Any, float]]]:
    """The lines, the marks of the scale, and a few words under it."""
    most = max((point.value for line in series for point in line.points), default=0)
    ticks = scale(most)
    top = ticks[-1] or 1
    drawn = []
    for number, line in enumerate(series):
        many = len(line.points)
        every = ceil(many / MOST_MARKS) or 1
        marks = tuple(
            Mark(_across(place, many), _up(point.value, top), point, drawn=place % every == 0)
            for place, point in enumerate(line.points)
        )
        path = "M" + "L".join(f"{mark.x:g} {mark.y:g}" for mark in marks) if marks else ""
        drawn.append(Drawn(line.name, number % SERIES + 1, path, marks))
    first = series[0].points if series else ()
    widest = max((len(str(point.label)) for point in first), default=1) * _LETTER
    step = max(1, ceil(len(first) / max(1, (RIGHT - LEFT) // widest)))
    words = [
        (point.label, _across(place, len(first))) for place, point in enumerate(first) if place % step == 0
    ]
    return drawn, [Tick(tick, _up(tick, top)) for tick in ticks], words


def scale(most: Number) -> list[Number]:
    """Round numbers from nought to just above the greatest."""
    if most <= 0:
        return [0, 1]
    rough = most / 4
    power = 10 ** floor(log10(rough))
    step = next(part * power for part in (1, 2, 5, 10) if part * power >= rough)
    step = int(step) if step >= 1 else step
    ticks: list[Number] = [0]
    while ticks[-1] < most:
        ticks.append(ticks[-1] + step)
    return ticks


def _across(place: int, many: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (place / (many - 1) if many > 1 else 0.5), 1)


def _up(value: Number, top: Number) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


# --- Rings ----------------------------------------------------------------------------------------------------

_CENTRE, _OUTER, _INNER = 100.0, 92.0, 56.0


def ring(series: Sequence[Datum]) -> list[Slice]:
    whole = sum(max(datum.value, 0) for datum in series)
    slices: list[Slice] = []
    turned = 0.0
    for number, datum in enumerate(series):
        share = max(datum.value, 0) / whole if whole else 0.0
        slices.append(Slice(datum, number % SERIES + 1, _arc(turned, turned + share), share))
        turned += share
    return slices


def _arc(start: float, end: float) -> str:
    if end - start <= 0:
        return ""
    end = min(end, start + 0.9999)  # a whole circle has no beginning
    large = 1 if end - start > 0.5 else 0
    outer_start, outer_end = _on(start, _OUTER), _on(end, _OUTER)
    inner_end, inner_start = _on(end, _INNER), _on(start, _INNER)
    return (
        f"M{outer_start}A{_OUTER:g} {_OUTER:g} 0 {large} 1 {outer_end}"
        f"L{inner_end}A{_INNER:g} {_INNER:g} 0 {large} 0 {inner_start}Z"
    )


def _on(turn: float, radius: float) -> str:
    angle = turn * 2 * pi - pi / 2
    return f"{_CENTRE + radius * cos(angle):.2f} {_CENTRE + radius * sin(angle):.2f}"
