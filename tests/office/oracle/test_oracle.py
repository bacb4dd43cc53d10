"""What one may see, reckoned a second time in plain Python: random people, reports and steps, every way to look.

The oracle keeps to which places every report was ever passed, in which state it is and which deadlines run. It knows
nothing of queries; the table of the procedure is the only thing that both read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run
from tests.office.oracle.known import (
    AT,
    BY,
    DAYS,
    GIVEN,
    GROUPS,
    IN_A_GROUP,
    KINDS,
    LONG_AGO,
    POINTS,
    STAFF,
    STEPS,
    STREET,
    Kept,
    above,
)
from tests.office.oracle.looks import Looks

from okienko.base.decisions import Missing, Refused
from okienko.features.faults.actions import report_fault
from okienko.features.faults.letters.factories import make_letter
from okienko.features.faults.models import Category
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.calendars.queries import clocks_of
from okienko.kernel.cases import actions
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.rules import ClockMove, Holder, Input, Step
from okienko.kernel.documents.actions import attach
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.models import Message
from okienko.kernel.people.actions import give_role, hand_over, take_role
from okienko.kernel.people.models import Grant
from okienko.kernel.units.models import Group, Unit


class Office(Looks, RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._around = transaction.atomic()
        self._around.__enter__()
        self.at = AT
        self.kept: dict[int, Kept] = {}
        self.roles = {name: {(role, place)} if role else set() for name, role, place in STAFF}
        self.turn = 0
        self.read = 0

    def teardown(self) -> None:
        try:
            self.keep_open_work()
            for name in self.roles:
                self.look(name)
                self.look_at_open_work(name)
            self.look_by_pages(list(self.roles)[len(self.kept) % len(self.roles)])
            self.look_by_pages("dk")
        finally:
            transaction.set_rollback(True)
            self._around.__exit__(None, None, None)

    # --- What happens -----------------------------------------------------------------------------------------

    def now(self) -> datetime:
        self.at += timedelta(minutes=3)
        return self.at

    def some(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.kept)))

    @initialize()
    def two_reports(self) -> None:
        """One for each unit, and they know each other: there is something to hide; and one has gone to and fro."""
        passing = PROCEDURE.row("pass-to-coordinator")
        for group, wants_answer in (("DK", False), ("ZK", True)):
            self.report("operator", wants_answer)
            self.step(max(self.kept), "operator", passing, {"group": group})
        first, second = sorted(self.kept)
        for code, given in (
            ("pass-to-other-coordinator", {"group": "DX"}), ("pass-to-other-coordinator", {"group": "DK"}),
            ("pass-to-executor", {"group": "DW"}), ("return-to-coordinator", {"reason": "Nie nasza"}),
        ):  # fmt: skip
            self.step(first, "nad", PROCEDURE.row(code), given)
        actions.link(first, second, "related", by=BY, at=self.now())
        self.join(first, second)

    @rule(
        name=st.sampled_from([name for name, _, _ in STAFF]), wants_answer=st.booleans(),
        point=st.sampled_from(POINTS),
    )  # fmt: skip
    def report(self, name: str, wants_answer: bool, point: tuple[float, float] | None = None) -> None:
        def register() -> None:
            latitude, longitude = point or (None, None)
            case = report_fault(
                by=self.by(name), at=self.now(), channel="phone", category=Category.objects.get(), street=STREET,
                description=f"Dziura numer {len(self.kept)}", wants_answer=wants_answer, contact_phone="600000000",
                latitude=latitude, longitude=longitude,
            )  # fmt: skip
            self.kept[case.pk] = Kept(case.number, wants_answer=wants_answer, point=point)

        self.expect(register, None if self.registers(name) else Missing)

    @rule(token=st.sampled_from(["bez-sieci-1", "bez-sieci-2"]))
    def sent_when_the_network_is_back(self, token: str) -> None:
        """A draft kept on a phone may be sent more than once: it comes in once."""
        case = report_fault(
            by=Actor.resident(), at=self.now(), channel="page", category=Category.objects.get(), street=STREET,
            description="Dziura bez sieci", contact_phone="600000000", token=token,
        )  # fmt: skip
        self.kept.setdefault(case.pk, Kept(case.number))
        assert Case.objects.count() == len(self.kept)

    @precondition(lambda self: any(kept.state == "elsewhere" for kept in self.kept.values()))
    @rule(data=st.data())
    def write_letter(self, data: st.DataObject) -> None:
        """What leaves the city goes with a letter, which who sees the report may read."""
        left = sorted(pk for pk, kept in self.kept.items() if kept.state == "elsewhere")
        pk = data.draw(st.sampled_from(left))
        letter = make_letter(
            Case.objects.get(pk=pk), by=self.by("operator"), at=self.now(), person=self.person("operator")
        )
        self.kept[pk].files.append(letter.document_id)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def right_step(self, data: st.DataObject) -> None:
        possible = [
            (pk, name, row)
            for pk, kept in self.kept.items()
            for name in self.roles
            for row in STEPS
            if kept.state in row.sources and not kept.merged and self.may(name, row.permission, kept)
        ]
        if possible:
            pk, name, row = data.draw(st.sampled_from(possible))
            self.step(pk, name, row, self.inputs(row, data, right=True))

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), row=st.sampled_from(STEPS), lacking=st.booleans(), long_ago=st.booleans())
    def any_step(self, data: st.DataObject, row: Step, lacking: bool, long_ago: bool) -> None:
        inputs = self.inputs(row, data)
        if long_ago:
            inputs |= dict.fromkeys(inputs.keys() & DAYS.keys(), LONG_AGO)
        if lacking and inputs:
            inputs.pop(data.draw(st.sampled_from(sorted(inputs))))
        self.step(self.some(data), data.draw(st.sampled_from(sorted(self.roles))), row, inputs)

    def inputs(self, row: Step, data: st.DataObject, *, right: bool = False) -> dict[str, Any]:
        kinds = {need.of_kind for need in row.needs} if right else set(KINDS.values())
        group = st.sampled_from([symbol for symbol in sorted(GROUPS) if KINDS[symbol] in kinds])
        given = {
            need.name: data.draw(group)
            if need.kind is Input.GROUP
            else DAYS.get(need.name) or GIVEN[need.kind]
            for need in row.needs
            if not need.pattern
        }
        return given | {need.name: "RPW/12345/2025" for need in row.needs if need.pattern}

    def step(self, pk: int, name: str, row: Step, inputs: dict[str, Any]) -> None:
        kept = self.kept[pk]
        needed = {
            need.name
            for need in row.needs
            if need.required or (need.required_if == "wants_answer" and self.wanted(kept))
        }
        wrong: type[Exception] | None = None
        strange = LONG_AGO in inputs.values()
        for need in row.needs:
            if need.kind is Input.GROUP and need.name in inputs:
                strange |= KINDS[inputs["group"]] != need.of_kind
                strange |= need.same_unit and not self.within(kept.group, inputs["group"])
        if not self.sees(name, kept) or not self.may(name, row.permission, kept):
            wrong = Missing
        elif kept.merged or kept.state not in row.sources or not needed <= inputs.keys() or strange:
            wrong = Refused
        given: dict[str, Any] = {
            key: Group.objects.get(symbol=value) if key == "group" else value for key, value in inputs.items()
        }
        if not self.expect(
            lambda: actions.take_step(pk, row.code, by=self.by(name), at=self.now(), **given), wrong
        ):
            return
        kept.state = row.target or kept.state
        if row.holder is Holder.GIVEN_GROUP:
            self.move(kept, inputs["group"])
        elif row.holder is Holder.GROUP_BEFORE:
            self.move(kept, kept.before or kept.group)
        elif row.holder is Holder.THE_ONE_WHO_ACTS:
            kept.holder = name
        for on in row.clocks:
            if on.move is ClockMove.START or (on.move is ClockMove.RESUME and on.clock in kept.clocks):
                kept.clocks[on.clock] = "running"
            elif on.move is ClockMove.STOP and on.clock in kept.clocks:
                kept.clocks[on.clock] = "stopped"
            elif on.move in (ClockMove.MEET, ClockMove.CANCEL):
                kept.clocks.pop(on.clock, None)
        if not kept.open:
            kept.clocks.clear()
            kept.answered = "answer" in inputs

    def within(self, group: str, other: str | None) -> bool:
        """Whether the other group belongs to the unit of the first or to one in it."""
        return bool(group and other) and GROUPS[group] in above(GROUPS[str(other)])

    def move(self, kept: Kept, group: str) -> None:
        kept.before, kept.group = kept.group, group
        kept.holder = ""
        kept.places.add(group)

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), name=st.sampled_from([name for name, _, _ in STAFF]))
    def split(self, data: st.DataObject, name: str) -> None:
        pk = self.some(data)
        kept = self.kept[pk]

        def deed() -> None:
            part = actions.split(pk, by=self.by(name), at=self.now(), subject="Dziura obok")
            self.kept[part.pk] = Kept(
                part.number, wants_answer=kept.wants_answer, links={pk}, point=kept.point
            )
            kept.links.add(part.pk)

        self.expect(deed, self.wrong_for(name, kept) or (None if kept.open else Refused))

    def wrong_for(self, name: str, *kept: Kept) -> type[Exception] | None:
        return None if all(self.sees(name, one) for one in kept) and self.registers(name) else Missing

    @precondition(lambda self: len(self.kept) > 1)
    @rule(data=st.data(), name=st.sampled_from(["operator", "nad", "dk", "nikt"]))
    def merge(self, data: st.DataObject, name: str) -> None:
        first, second = self.some(data), self.some(data)
        one, other = self.kept[first], self.kept[second]
        wrong = self.wrong_for(name, one, other)
        unanswered = self.wanted(one) and not (other.open or other.answered)
        if wrong is None and (first == second or not one.open or other.merged or unanswered):
            wrong = Refused
        if self.expect(lambda: actions.merge(first, second, by=self.by(name), at=self.now()), wrong):
            one.merged = True
            other.duplicates.add(first)
            one.clocks.clear()
            other.places |= one.places
            self.join(first, second)

    @precondition(lambda self: len(self.kept) > 1)
    @rule(data=st.data(), name=st.sampled_from([name for name, _, _ in STAFF]))
    def link(self, data: st.DataObject, name: str) -> None:
        first, second = self.some(data), self.some(data)
        one, other = self.kept[first], self.kept[second]
        works = self.registers(name) or any(self.may(name, row.permission, one) for row in STEPS)
        wrong: type[Exception] | None = None
        if not (self.sees(name, one) and self.sees(name, other) and works):
            wrong = Missing
        elif first == second or (first, second) in self.related():
            wrong = Refused
        if self.expect(
            lambda: actions.link(first, second, "related", by=self.by(name), at=self.now()), wrong
        ):
            self.join(first, second)

    def related(self) -> set[tuple[int, int]]:
        found = Case.objects.filter(links_out__kind="related").values_list("pk", "links_out__target_id")
        return set(found)

    def join(self, first: int, second: int) -> None:
        self.kept[first].links.add(second)
        self.kept[second].links.add(first)

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), to=st.sampled_from([name for name, _, _ in STAFF]))
    def assign(self, data: st.DataObject, to: str) -> None:
        pk = self.some(data)
        kept = self.kept[pk]
        wrong = self.wrong_for("operator", kept) or (None if self.sees(to, kept) else Refused)
        if self.expect(
            lambda: actions.assign(pk, self.person(to), by=self.by("operator"), at=self.now()), wrong
        ):
            kept.holder = to

    @rule(
        one=st.sampled_from([name for name, _, _ in STAFF]),
        other=st.sampled_from([name for name, _, _ in STAFF]),
    )
    def hand_over(self, one: str, other: str) -> None:
        """All that lies open in somebody's hands goes on whole, to one who sees all of it."""
        theirs = [kept for kept in self.kept.values() if kept.holder == one and kept.open]
        fits = one != other and all(self.sees(other, kept) for kept in theirs)
        if self.expect(
            lambda: hand_over(self.person(one), self.person(other), by=BY, at=self.now()),
            None if fits else Refused,
        ):
            for kept in theirs:
                kept.holder = other

    @rule(
        name=st.sampled_from(["dk", "dw", "zk", "nikt", "drogi"]),
        place=st.sampled_from([*GROUPS, "ZDM", "ZZM"]),
        role=st.sampled_from(sorted(IN_A_GROUP)),
    )
    def give_or_take(self, name: str, role: str, place: str) -> None:
        """Who has the role there loses it, who has it not gets it."""
        role = role if place in GROUPS else "overseer"
        group, unit = Group.objects.filter(symbol=place).first(), Unit.objects.filter(symbol=place).first()
        at = self.now()
        if (role, place) in self.roles[name]:
            held = Grant.objects.filter(
                person=self.person(name), role=role, group=group, unit=unit, valid_until__isnull=True
            )
            take_role(held.get(), by=BY, at=at)
            self.roles[name].remove((role, place))
        else:
            give_role(self.person(name), role, by=BY, at=at, group=group, unit=unit)
            self.roles[name].add((role, place))

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        case = Case.objects.get(pk=self.some(data))
        actions.change_details(
            case.pk, by=BY, at=self.now(), version=case.version, description=f"{case.description}, głęboka"
        )

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def add_file(self, data: st.DataObject) -> None:
        pk = self.some(data)
        file = attach(Case.objects.get(pk=pk), b"Notatka", by=BY, at=self.now(), name="notatka.txt")
        self.kept[pk].files.append(file.pk)

    # --- What is compared -------------------------------------------------------------------------------------

    @invariant()
    def everything_is_in_its_place(self) -> None:
        """No step outside the table, no lost deadline, no report in nobody's hands."""
        for case in Case.objects.select_related("group", "person"):
            kept, group = self.kept[case.pk], case.group.symbol if case.group else ""
            holder = case.person.email.partition("@")[0] if case.person else ""
            assert (case.state, case.open, group, holder) == (kept.state, kept.open, kept.group, kept.holder)
            assert case.unit_id == (case.group.unit_id if case.group else None)
            running = {clock.code: clock.state for clock in clocks_of(case).filter(ended_at__isnull=True)}
            assert running == kept.clocks
            assert (case.due_at is not None) == (kept.clocks.get("finish") == "running")
            assert kept.group or kept.state in ("new", "elsewhere")

    @invariant()
    def somebody_looks(self) -> None:
        self.turn += 1
        self.look(list(self.roles)[self.turn % len(self.roles)])

    @invariant()
    def nobody_is_told_of_what_they_may_not_see(self) -> None:
        """Rows of messages only grow: those since the last look are of what has just been done."""
        for message in Message.objects.filter(pk__gt=self.read, person__isnull=False).select_related(
            "person"
        ):
            name = message.person.email.partition("@")[0] if message.person else ""
            if message.subject_id in self.kept and message.subject_type == "cases.case":
                assert message.subject_id in self.seen(name)
        self.read = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.mark.req("CORE-03", "FAULT-01", "CORE-04")
def test_every_way_to_look_agrees_with_the_oracle(office: None) -> None:
    bounds = settings(
        max_examples=5,
        phases=[Phase.generate],
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run(Office, settings=bounds)
