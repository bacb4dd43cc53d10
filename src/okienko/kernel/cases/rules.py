"""A procedure is one table: which step leads from which state to which, who may take it, what it needs, which
clock it touches, who is told, and the paragraph it comes from. Plain Python; no tables of the database.

From the one table come the buttons, the checks of the API, the diagram and the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from okienko.base.decisions import Allowed, Decision, Denied, Refused

Words = Any

# The fact that says of a case that its personal data have been removed: nothing about people comes back into it.
FORGOTTEN = "forgotten"

# Days of a case from which the table counts others.
TODAY, RECEIVED, DUE = "today", "received", "due"
_NO_DAYS: Mapping[str, date] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class State:
    code: str
    name: Words
    open: bool = True
    badge: str = "neutral"
    said: Words = ""
    """How it is put to whoever brought the case in, who knows nothing of the office's ways; else the name."""


class Input(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long text"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    YES_NO = "yes/no"
    GROUP = "group"
    UNIT = "unit"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Day:
    """So many days after another one: `TODAY`, `RECEIVED`, `DUE`, or one that is filled in before it."""

    base: str
    plus: int = 0

    def among(self, days: Mapping[str, Any]) -> date | None:
        base = days.get(self.base)
        return base + timedelta(days=self.plus) if isinstance(base, date) else None


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must (or may) be filled in to take a step."""

    name: str
    label: Words
    kind: Input = Input.TEXT
    required: bool = True
    required_if: str = ""  # a fact about the case, such as `wants_answer`, that makes it required
    choices: tuple[tuple[str, Words], ...] = ()
    pattern: str = ""
    help: Words = ""
    of_kind: str = ""  # of a group: only one of this kind
    same_unit: bool = False  # of a group: only one of the unit that has the case, with its inner units
    not_before: tuple[Day, ...] = ()  # of a day
    not_after: tuple[Day, ...] = ()
    usual: Day | None = None  # what a form offers first

    def span(self, days: Mapping[str, Any]) -> tuple[date | None, date | None]:
        """From when to when the day may be; what is counted from a day that nobody knows is no limit."""
        first, last = (
            [day for one in limits if (day := one.among(days)) is not None]
            for limits in (self.not_before, self.not_after)
        )
        return max(first, default=None), min(last, default=None)


class ClockMove(StrEnum):
    START = "start"
    STOP = "stop"
    RESUME = "resume"
    MEET = "meet"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class OnClock:
    move: ClockMove
    clock: str


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A deadline of the procedure: the rule as `calendars` understands it, and the law behind it."""

    code: str
    name: Words
    rule: Mapping[str, int]
    counts_from: str
    basis: str
    from_receipt: bool = (
        False  # counted from the day on which the case came, not from the step that starts it
    )


class Holder(StrEnum):
    """Where the case lies after a step."""

    STAYS = "stays"
    GIVEN_GROUP = "given group"
    GIVEN_UNIT = "given unit"
    GIVEN_PERSON = "given person"
    THE_ONE_WHO_ACTS = "the one who acts"
    GROUP_BEFORE = "group before"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    name: Words
    past: Words
    sources: frozenset[str]
    target: str | None
    permission: str
    basis: str
    needs: tuple[Need, ...] = ()
    clocks: tuple[OnClock, ...] = ()
    holder: Holder = Holder.STAYS
    tells: tuple[str, ...] = ()
    by_system: bool = False
    icon: str = "arrow-right"
    page: str = ""  # the name of a page of the feature that takes this step, in place of the common form

    @property
    def stays(self) -> bool:
        return self.target is None

    @property
    def only_takes_up(self) -> bool:
        """All that it does is put the case into the hands of the one who acts."""
        return self.stays and self.holder is Holder.THE_ONE_WHO_ACTS and not self.needs

    def wrong_days(self, given: Mapping[str, Any], known: Mapping[str, date]) -> Iterator[Denied]:
        """What was filled in as a day and lies before or after those that make sense; no other is counted from it."""
        days: dict[str, Any] = {**known, **given}
        for need in self.needs:
            day, (earliest, latest) = given.get(need.name), need.span(days)
            if not isinstance(day, date):
                continue
            if earliest is not None and day < earliest:
                del days[need.name]
                yield Denied("", code="too-early", field=need.name, limit=earliest)
            elif latest is not None and day > latest:
                del days[need.name]
                yield Denied("", code="too-late", field=need.name, limit=latest)


def step(
    code: str, name: Words, past: Words, sources: str, target: str | None, *, by: str, basis: str, **more: Any
) -> Step:
    """One row. `sources` are the codes of states, separated by spaces."""
    return Step(code, name, past, frozenset(sources.split()), target, by, basis, **more)


@dataclass(frozen=True)
class Procedure:
    code: str
    name: Words
    source: Words
    states: tuple[State, ...]
    start: str
    steps: tuple[Step, ...]
    clocks: tuple[ClockRule, ...] = ()
    calendar: str = "office"
    register_permission: str = ""
    see_permission: str = ""
    main_clock: str = ""
    kinds: tuple[tuple[str, Words], ...] = field(default=())
    # What is so about a case of this procedure: it may make an input of a step required, or be `FORGOTTEN`.
    facts: Callable[[Any], Iterable[str]] = lambda case: ()

    def __post_init__(self) -> None:
        codes = [state.code for state in self.states]
        problems = list(self._problems(codes))
        if problems:
            raise ValueError(f"procedure {self.code}: " + "; ".join(problems))

    def _problems(self, codes: list[str]) -> Iterable[str]:
        clocks = {clock.code for clock in self.clocks}
        if len(set(codes)) != len(codes):
            yield "a state stands twice"
        if len({row.code for row in self.steps}) != len(self.steps):
            yield "a step stands twice"
        if self.start not in codes:
            yield f"the first state {self.start} is not among the states"
        for row in self.steps:
            for code in sorted(row.sources | ({row.target} if row.target else set())):
                if code not in codes:
                    yield f"{row.code} names the unknown state {code}"
            for on_clock in row.clocks:
                if on_clock.clock not in clocks:
                    yield f"{row.code} names the unknown clock {on_clock.clock}"
            if not row.basis:
                yield f"{row.code} does not say which paragraph it comes from"
            filled_in: set[str] = {TODAY, RECEIVED, DUE}
            for need in row.needs:
                for day in (*need.not_before, *need.not_after):
                    if day.base not in filled_in:
                        yield f"{row.code} counts {need.name} from the unknown day {day.base}"
                filled_in.add(need.name)
        reached = self.reachable()
        for code in codes:
            if code not in reached:
                yield f"no step leads to {code}"

    def reachable(self) -> frozenset[str]:
        reached, grows = {self.start}, True
        while grows:
            targets = {row.target for row in self.steps if row.target and row.sources & reached}
            grows = not targets <= reached
            reached |= targets
        return frozenset(reached)

    def state(self, code: str) -> State:
        return next(state for state in self.states if state.code == code)

    def row(self, code: str) -> Step:
        for row in self.steps:
            if row.code == code:
                return row
        raise Refused("", code="unknown-step")

    def clock(self, code: str) -> ClockRule:
        return next(clock for clock in self.clocks if clock.code == code)

    def steps_from(self, state: str) -> list[Step]:
        return [row for row in self.steps if state in row.sources]

    def decide(
        self,
        row: Step,
        state: str,
        inputs: Mapping[str, Any],
        facts: frozenset[str] = frozenset(),
        days: Mapping[str, date] = _NO_DAYS,
    ) -> Decision:
        """Whether the step may be taken from the state with what was filled in; who may is asked elsewhere.

        The words for each code are where words can be translated: `cases.sentences`.
        """
        if state not in row.sources:
            return Denied("", code="wrong-state")
        for need in row.needs:
            required = need.required or need.required_if in facts
            if required and inputs.get(need.name) in (None, "", [], False):
                return Denied("", code="missing-input", field=need.name)
        known = {need.name for need in row.needs}
        for name in inputs:
            if name not in known:
                return Denied("", code="unknown-input", field=name)
        return next(row.wrong_days(inputs, days), Allowed())

    def diagram(self) -> str:
        """The procedure as a Mermaid state diagram, for the manual."""
        lines = ["stateDiagram-v2", f"    [*] --> {_node(self.start)}"]
        lines += [f"    {_node(state.code)}: {state.name}" for state in self.states]
        for row in self.steps:
            for source in sorted(row.sources):
                lines.append(
                    f"    {_node(source)} --> {_node(row.target or source)}: {row.name} ({row.basis})"
                )
        lines += [f"    {_node(state.code)} --> [*]" for state in self.states if not state.open]
        return "\n".join(lines)


def _node(code: str) -> str:
    return code.replace("-", "_")


_procedures: dict[str, Procedure] = {}


def declare(procedure: Procedure) -> None:
    if _procedures.setdefault(procedure.code, procedure) is not procedure:
        raise ValueError(f"procedure {procedure.code} is declared twice")


def procedure(code: str) -> Procedure:
    return _procedures[code]


def all_procedures() -> list[Procedure]:
    return sorted(_procedures.values(), key=lambda known: known.code)
