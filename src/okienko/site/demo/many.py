"""Years of a big city, written by COPY: as many cases and bookings as asked for, spread as such a city would have them.

Everything that an action would have written is written: cases with their words, the units and groups that they were
passed to, the clocks that still run, the first entry of the record with its hash, the time given away at counters.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from okienko.base import numbers
from okienko.base.lemmas import document_words
from okienko.features.faults.models import Category
from okienko.features.faults.rules import FINISH, PROCEDURE
from okienko.kernel.calendars import rules as deadlines
from okienko.kernel.calendars.queries import calendar_named, hours_of
from okienko.kernel.cases.models import NEVER
from okienko.kernel.cases.words import month_mark
from okienko.kernel.history import rules as chain
from okienko.kernel.history.actions import plain
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group, Unit

BY = Actor.system("demonstration")
YEARS = 3
BATCH = 50_000
CASE = "cases.case"

STREETS = tuple(
    f"{kind} {name}"
    for kind in ("ul.", "al.", "pl.")
    for name in (
        "Zmyślona", "Niebyła", "Fikcyjna", "Umowna", "Próbna", "Wymyślona", "Bajkowa", "Przykładowa", "Testowa", "Pozorna",
        "Domniemana", "Hipotetyczna", "Nieistniejąca", "Zastępcza", "Papierowa", "Szkicowa", "Makietowa", "Modelowa",
    )
)  # fmt: skip
TROUBLES = (
    "Dziura na środku pasa, samochody ją omijają.",
    "Nie świeci latarnia przy przejściu dla pieszych.",
    "Złamana gałąź wisi nad chodnikiem.",
    "Przepełniony kosz, śmieci leżą dookoła.",
    "Zapadnięta studzienka stuka pod kołami.",
    "Wystająca płyta chodnikowa, można się potknąć.",
    "Porzucony wrak samochodu zajmuje miejsce.",
    "Uszkodzona ławka w parku, wystają gwoździe.",
)
FIRST_NAMES = ("Anna", "Piotr", "Ołena", "Łucja", "Żaneta", "Marek", "Ewa", "Jan")
LAST_NAMES = ("Przykładowa", "Testowy", "Próbna", "Zmyślony", "Niebyła", "Wzorcowy", "Umowna", "Makietowy")

# Of a hundred cases that are older than their deadline, and of those that are younger.
OLD = (
    ("resolved", 80),
    ("declined", 7),
    ("not-intervention", 4),
    ("elsewhere", 6),
    ("executor", 2),
    ("contractor", 1),
)
YOUNG = (
    ("new", 15),
    ("coordinator", 20),
    ("executor", 30),
    ("contractor", 10),
    ("suspended", 5),
    ("resolved", 20),
)
CHANNELS = (("phone", 45), ("page", 40), ("mail", 10), ("letter", 3), ("api", 2))


def fill(count: int, *, at: datetime) -> None:
    # The same question always gets the same city.
    chance = random.Random(count)  # noqa: S311
    places = _organisation(min(40, 2 + count // 2000), at)
    # Numbers are given in the order in which cases come.
    moments = sorted(_moment_in_office_hours(chance, at) for _ in range(count))
    for start in range(0, count, BATCH):
        with transaction.atomic():
            _Batch(chance, at, places, moments[start : start + BATCH]).write()
    _bookings(chance, count, at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@dataclass(frozen=True, slots=True)
class Place:
    unit_id: int
    desk_id: int
    team_ids: tuple[int, ...]
    people: dict[int, tuple[int, ...]]


def _organisation(wanted: int, at: datetime) -> list[Place]:
    """Units of a big city, each with a desk of coordinators, three teams and their people."""
    hall = Unit.objects.filter(parent__isnull=True).order_by("pk")[0]
    while (number := Unit.objects.filter(parent=hall).count() + 1) <= wanted:
        symbol = f"JM{number}"
        unit = add_unit(by=BY, at=at, symbol=symbol, name=f"Jednostka miejska nr {number}", parent=hall)
        desk = add_group(
            by=BY,
            at=at,
            unit=unit,
            symbol=f"{symbol}-K",
            name=f"Koordynatorzy {symbol}",
            kind=Group.Kind.COORDINATORS,
        )
        make_staff(f"koordynator.{symbol.lower()}@okienko.example", "coordinator", by=BY, at=at, group=desk)
        for team in range(1, 4):
            group = add_group(
                by=BY, at=at, unit=unit, symbol=f"{symbol}-R{team}", name=f"Realizatorzy {symbol}/{team}",
                kind=Group.Kind.EXECUTORS,
            )  # fmt: skip
            for one in range(2):
                make_staff(
                    f"realizator{team}{one}.{symbol.lower()}@okienko.example", "executor", by=BY, at=at, group=group,
                    first_name=FIRST_NAMES[(number + team + one) % 8], last_name=LAST_NAMES[(number * 3 + team + one) % 8],
                )  # fmt: skip
    places = []
    for unit in Unit.objects.filter(parent=hall).prefetch_related("groups").order_by("pk"):
        groups = list(unit.groups.all())
        desks = [group.pk for group in groups if group.kind == Group.Kind.COORDINATORS]
        teams = tuple(group.pk for group in groups if group.kind == Group.Kind.EXECUTORS)
        if desks and teams:
            people = {
                pk: tuple(Person.objects.filter(grants__group=pk).values_list("pk", flat=True))
                for pk in teams
            }
            places.append(Place(unit.pk, desks[0], teams, people))
    return places


def _take(sequence: str, count: int) -> int:
    """The first of so many numbers of a sequence, none of which anybody else will get."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, count])
        return int(cursor.fetchone()[0]) - count


def _copy(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _pick(chance: random.Random, table: Sequence[tuple[str, int]]) -> str:
    return chance.choices([name for name, _ in table], [weight for _, weight in table])[0]


@lru_cache(maxsize=20_000)
def _lexemes(text: str) -> str:
    return " ".join(
        "'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in document_words(text)
    )


class _Batch:
    CASE_COLUMNS = (
        "id, procedure, number, subject, description, kind, state, open, channel, received_at, registered_at, changed_at,"
        " closed_at, due_at, due_order, unit_id, group_id, group_before_id, person_id, contact_name, contact_email, contact_phone,"
        " wants_answer, follow_key, words, version"
    )
    ENTRY_COLUMNS = (
        "subject_type, subject_id, number, kind, at, happened_at, actor, channel, after, note, sealed, forgotten,"
        " previous_hash, hash"
    )
    CLOCK_COLUMNS = "subject_type, subject_id, code, calendar_id, calendar_version, rule, counts_from, started_at, stops, state, due_at"

    def __init__(
        self, chance: random.Random, at: datetime, places: list[Place], moments: Sequence[datetime]
    ) -> None:
        self.chance, self.at, self.places = chance, at, places
        self.moments, count = moments, len(moments)
        self.first_id = _take("cases_case_id_seq", count)
        self.first_number = _take("case_number", count)
        self.categories = list(Category.objects.filter(handled_elsewhere="", takes_mail=False))
        self.calendar = calendar_named("office")
        self.reckoned = hours_of(self.calendar).reckon()
        row = PROCEDURE.clock(FINISH)
        self.rule = deadlines.Rule.parse({**row.rule, "basis": row.basis})
        self.cases: list[tuple[Any, ...]] = []
        self.reports: list[tuple[Any, ...]] = []
        self.sights: list[tuple[Any, ...]] = []
        self.clocks: list[tuple[Any, ...]] = []
        self.entries: list[tuple[Any, ...]] = []

    def write(self) -> None:
        for offset, received in enumerate(self.moments):
            self._one(offset, received)
        _copy("cases_case", self.CASE_COLUMNS, self.cases)
        _copy(
            "faults_report",
            "case_id, category_id, place, street, house_number, latitude, longitude, rpw, language, cadastral_district, parcel,"
            " public_text, token, open, passed_at, taken_up_at, in_time, times_returned, times_rejected",
            self.reports,
        )
        _copy("cases_sight", "case_id, unit_id, group_id, since", self.sights)
        _copy("calendars_clock", self.CLOCK_COLUMNS, self.clocks)
        _copy("history_entry", self.ENTRY_COLUMNS, self.entries)

    def _one(self, offset: int, received: datetime) -> None:
        chance = self.chance
        case_id, number = self.first_id + offset, numbers.with_check_digit(self.first_number + offset)
        due = deadlines.due(self.reckoned, self.rule, received)
        state = _pick(chance, OLD if due < self.at else YOUNG)
        is_open = PROCEDURE.state(state).open
        closed = None if is_open else min(self.at, received + timedelta(hours=chance.randint(1, 400)))
        category = chance.choice(self.categories)
        street, house = chance.choice(STREETS), str(chance.randint(1, 60))
        place = f"{street} {house}"
        trouble = chance.choice(TROUBLES)
        self.marks: list[str] = []
        unit, group, before, person = self._holder(case_id, state, received)
        named = chance.random() < 0.6
        name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}" if named else ""
        phone = f"6{chance.randint(0, 10**8 - 1):08d}" if named else ""
        subject = f"{category.name}: {place}"
        suspended = state == "suspended"
        due_at = due if is_open and not suspended else None
        marks = " ".join(f"'{mark}'" for mark in [*self.marks, month_mark(received)])
        words = f"{marks} {_lexemes(subject)} {_lexemes(trouble)} {_lexemes(name)} '{number}'" + (
            f" '{phone}'" if phone else ""
        )
        channel = _pick(chance, CHANNELS)
        changed = closed or received
        self.cases.append((
            case_id, PROCEDURE.code, number, subject, trouble, category.code, state, is_open, channel, received, received,
            changed, closed, due_at, due_at or NEVER, unit, group, before, person, name, "", phone, named and chance.random() < 0.3,
            secrets.token_urlsafe(24), words, 1,
        ))  # fmt: skip
        position = (
            (50 + chance.random() / 5, 19 + chance.random() / 5) if chance.random() < 0.7 else (None, None)
        )
        self.reports.append(
            (
                case_id,
                category.pk,
                "",
                street,
                house,
                *position,
                "",
                "pl",
                "",
                "",
                "",
                "",
                is_open,
                received,
                *_figures(chance, received, closed, due),
            )
        )
        if is_open:
            stops = f'[["{received.isoformat()}", null]]' if suspended else "[]"
            self.clocks.append((
                CASE, case_id, FINISH, self.calendar.pk, self.calendar.version, _json(self.rule.as_json()), "as_it_came",
                received, stops, "stopped" if suspended else "running", due_at,
            ))  # fmt: skip
        self._record(case_id, number, subject, channel, received)

    def _holder(self, case_id: int, state: str, since: datetime) -> tuple[int | None, ...]:
        """Big units have more cases than small ones; what is new has been passed to nobody."""
        if state == "new":
            return None, None, None, None
        chance = self.chance
        place = self.places[min(int(chance.expovariate(4 / len(self.places))), len(self.places) - 1)]
        self._seen_by(case_id, place.unit_id, None, since)
        self._seen_by(case_id, None, place.desk_id, since)
        if state in ("coordinator", "suspended"):
            return place.unit_id, place.desk_id, None, None
        team = chance.choice(place.team_ids)
        self._seen_by(case_id, None, team, since)
        people = place.people.get(team, ())
        return place.unit_id, team, place.desk_id, chance.choice(people) if people else None

    def _seen_by(self, case_id: int, unit: int | None, group: int | None, since: datetime) -> None:
        self.sights.append((case_id, unit, group, since))
        self.marks.append(f"#u{unit}" if unit else f"#g{group}")

    def _record(self, case_id: int, number: str, subject: str, channel: str, at: datetime) -> None:
        kind = f"{PROCEDURE.code}.registered"
        after = plain({"number": number, "subject": subject, "channel": channel, "state": PROCEDURE.start})
        sealed = chain.seal(None, after, "")
        hash_ = chain.chain(
            chain.START, subject=(CASE, case_id), number=1, kind=kind, at=at, happened_at=at, person_id=None,
            actor=BY.label, channel=BY.channel, sealed=sealed,
        )  # fmt: skip
        self.entries.append((
            CASE, case_id, 1, kind, at, at, BY.label, BY.channel, _json(after), "", sealed, False, chain.START, hash_,
        ))  # fmt: skip


def _figures(
    chance: random.Random, received: datetime, closed: datetime | None, due: datetime
) -> tuple[Any, ...]:
    """When it was taken up, whether it ended in time, how often it was returned and the work rejected."""
    taken_up = received + timedelta(hours=chance.randint(1, 30))
    if closed is None:
        return (None, None, 0, 0)
    return min(taken_up, closed), closed <= due, int(chance.random() < 0.1), int(chance.random() < 0.03)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _moment_in_office_hours(chance: random.Random, at: datetime) -> datetime:
    """Mostly on weekdays by day; newer times a little more often than older ones."""
    back = timedelta(days=365 * YEARS * chance.random() ** 1.2)
    day = (at - back).date()
    while day.weekday() >= 5 and chance.random() < 0.85:
        day -= timedelta(days=1)
    minute = int(min(max(chance.gauss(11 * 60, 150), 0), 24 * 60 - 1))
    moment = datetime(
        day.year, day.month, day.day, minute // 60, minute % 60, chance.randint(0, 59), tzinfo=UTC
    )
    return min(moment, at - timedelta(minutes=1))


def _bookings(chance: random.Random, count: int, at: datetime) -> None:
    """Visits at counters, most of them past; no place is given twice, because each lies in a cell of its own."""
    counters = _counters(max(5, count // 20_000), at)
    cells = list(
        _cells(counters, at.date(), count, _taken_days())
    )  # read before: a COPY has the connection to itself
    with transaction.atomic():
        _copy("slots_claim", "resource_id, place, during, kind, key, made_at, note", (
            (resource, 1, f"[{start.isoformat()},{(start + timedelta(minutes=15)).isoformat()})", "taken",
             secrets.token_hex(8), start - timedelta(days=chance.randint(1, 30)), "")
            for resource, start in cells
        ))  # fmt: skip


def _counters(wanted: int, at: datetime) -> list[int]:
    hall = Unit.objects.filter(parent__isnull=True).order_by("pk")[0]
    week = {day: [["08:00", "12:00"], ["12:30", "15:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    found = list(Resource.objects.filter(kind="counter").values_list("pk", flat=True))
    while len(found) < wanted:
        counter = slots.add_resource(
            by=BY,
            at=at,
            kind="counter",
            name=f"Stanowisko {len(found) + 1}",
            unit=hall,
            calendar=calendar_named("office"),
        )
        slots.set_hours(counter, by=BY, at=at, first=date(at.year, 1, 1), last=None, week=week, step=15)
        found.append(counter.pk)
    return found


def _cells(
    counters: list[int], today: date, count: int, taken: frozenset[date]
) -> Iterator[tuple[int, datetime]]:
    """Day by day back from five weeks ahead, each counter from eight to half past two, as long as any are wanted."""
    given = 0
    day = today + timedelta(days=35)
    while given < count:
        if day.weekday() < 5 and day not in taken:
            for quarter in range(26):
                for counter in counters:
                    if given == count:
                        return
                    given += 1
                    yield (
                        counter,
                        datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
                        + timedelta(minutes=15 * quarter),
                    )
        day -= timedelta(days=1)


def _taken_days() -> frozenset[date]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT (lower(during) AT TIME ZONE 'UTC')::date FROM slots_claim")
        return frozenset(row[0] for row in cursor.fetchall())
