from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from okienko.base import numbers
from okienko.base.decisions import Missing, Refused, Stale
from okienko.kernel.calendars.actions import change_calendar
from okienko.kernel.calendars.factories import make_calendar
from okienko.kernel.calendars.queries import calendar_named
from okienko.kernel.cases import actions, queries, rules
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.rules import (
    ClockMove,
    ClockRule,
    Holder,
    Input,
    Need,
    OnClock,
    Procedure,
    State,
    step,
)
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.people import roles
from okienko.kernel.people.actions import hand_over
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_group, add_unit

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BY = Actor.system("test")

LETTERS = Procedure(
    code="letter",
    name="Letters",
    source="Instruction of the example office",
    states=(
        State("new", "new"),
        State("passed", "passed on"),
        State("waiting", "waiting"),
        State("answered", "answered", open=False),
    ),
    start="new",
    steps=(
        step(
            "pass", "Pass on", "passed on", "new passed", "passed", by="letters.pass", basis="§ 3",
            needs=(Need("group", "Group", Input.GROUP),), holder=Holder.GIVEN_GROUP,
            clocks=(OnClock(ClockMove.START, "take-up"),),
        ),
        step(
            "take", "Take up", "taken up", "passed", None, by="letters.work", basis="§ 4",
            holder=Holder.THE_ONE_WHO_ACTS, clocks=(OnClock(ClockMove.MEET, "take-up"),),
        ),
        step(
            "wait", "Wait", "waits", "passed", "waiting", by="letters.work", basis="§ 5",
            needs=(Need("why", "Why", Input.LONG_TEXT),), clocks=(OnClock(ClockMove.STOP, "answer"),),
        ),
        step(
            "go-on", "Go on", "goes on", "waiting", "passed", by="letters.work", basis="§ 5",
            clocks=(OnClock(ClockMove.RESUME, "answer"),),
        ),
        step(
            "answer", "Answer", "answered", "passed", "answered", by="letters.work", basis="§ 6",
            needs=(Need("answer", "Answer", Input.LONG_TEXT), Need("note", "Note", required=False)),
            clocks=(OnClock(ClockMove.MEET, "answer"),),
        ),
    ),
    clocks=(
        ClockRule("answer", "answer", {"working_days": 10}, "as_it_came", "§ 2", from_receipt=True),
        ClockRule("take-up", "taking up", {"working_days": 1}, "as_it_came", "§ 2(1)"),
    ),
    register_permission="letters.register",
    see_permission="letters.see",
    main_clock="answer",
)  # fmt: skip

SEE = {"letters.see", "people.see"}
ROLES = (
    roles.Role(
        "letters-office",
        "registry",
        roles.Reach.EVERYWHERE,
        frozenset(SEE | {"letters.register", "letters.pass"}),
    ),
    roles.Role("letters-head", "head", roles.Reach.UNIT, frozenset(SEE)),
    roles.Role(
        "letters-worker", "worker", roles.Reach.GROUP, frozenset(SEE | {"letters.work", "letters.pass"})
    ),
)


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    monkeypatch.setattr(rules, "_procedures", {"letter": LETTERS})
    monkeypatch.setattr(roles, "_roles", {**roles._roles, **{role.code: role for role in ROLES}})
    codes = ("letters.see", "letters.register", "letters.pass", "letters.work")
    described = {code: roles.Permission(code, code) for code in codes}
    monkeypatch.setattr(roles, "_permissions", {**roles._permissions, **described})


@pytest.fixture
def office(db):
    return Office()


class Office:
    def __init__(self):
        make_calendar(by=BY, at=AT)
        self.city = add_unit(by=BY, at=AT, symbol="UM", name="Urząd Miasta")
        self.roads = add_unit(by=BY, at=AT, symbol="DROGI", name="Drogi", parent=self.city)
        self.parks = add_unit(by=BY, at=AT, symbol="PARKI", name="Parki", parent=self.city)
        self.holes = add_group(by=BY, at=AT, unit=self.roads, symbol="D-1", name="Dziury")
        self.trees = add_group(by=BY, at=AT, unit=self.parks, symbol="P-1", name="Drzewa")
        self.registry = self.staff("kancelaria", "letters-office")
        self.digger = self.staff("drogowiec", "letters-worker", group=self.holes)
        self.digger2 = self.staff("drogowiec2", "letters-worker", group=self.holes)
        self.gardener = self.staff("ogrodnik", "letters-worker", group=self.trees)
        self.head = self.staff("kierownik", "letters-head", unit=self.roads)

    def staff(self, name, *given, **where):
        return make_staff(f"{name}@okienko.example", *given, by=BY, at=AT, **where)

    def case(self, subject="Dziura w jezdni", **more) -> Case:
        return actions.register(
            LETTERS, by=as_(self.registry), at=AT, channel="phone", subject=subject, **more
        )

    def passed(self, **more) -> Case:
        return self.do(self.case(**more), "pass", self.registry, group=self.holes)

    def do(self, case, code, person, *, at=AT, **inputs):
        return actions.take_step(case.pk, code, by=as_(person), at=at, **inputs)


def as_(person) -> Actor:
    return Actor(person.pk, person.name)


@pytest.mark.req("CORE-20")
def test_a_number_is_short_unique_and_checked(office):
    first, second = office.case(), office.case()
    assert first.number != second.number
    assert numbers.is_whole(first.number)
    assert len(first.number) <= 9
    spoken = f" {first.spoken_number} "
    assert queries.by_number(spoken, visible_to_person=office.registry) == first


class TestProcedure:
    @pytest.mark.req("CORE-21")
    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"start": "nowhere"}, "first state"),
            ({"steps": LETTERS.steps[:1]}, "no step leads"),
            ({"states": (*LETTERS.states, State("new", "twice"))}, "twice"),
            ({"clocks": ()}, "unknown clock"),
        ],
    )
    def test_a_table_that_contradicts_itself_is_refused(self, change, word):
        values = {name: getattr(LETTERS, name) for name in LETTERS.__dataclass_fields__}
        with pytest.raises(ValueError, match=word):
            Procedure(**{**values, **change})

    @pytest.mark.req("CORE-21")
    def test_the_diagram_shows_every_step_with_its_paragraph(self):
        diagram = LETTERS.diagram()
        for row in LETTERS.steps:
            assert f"{row.name} ({row.basis})" in diagram

    @pytest.mark.req("CORE-21")
    def test_buttons_are_the_rows_that_this_person_may_take_from_here(self, office):
        case = office.passed()
        assert [row.code for row in queries.possible_steps(case, office.digger)] == [
            "pass",
            "take",
            "wait",
            "answer",
        ]
        assert [row.code for row in queries.possible_steps(case, office.registry)] == ["pass"]
        assert queries.possible_steps(case, office.gardener) == []

    def test_who_has_taken_it_up_is_not_asked_to_again(self, office):
        case = office.do(office.passed(), "take", office.digger)
        assert "take" not in [row.code for row in queries.possible_steps(case, office.digger)]
        other = office.passed()
        assert "take" in [row.code for row in queries.possible_steps(other, office.digger)]

    @pytest.mark.parametrize("state", [state.code for state in LETTERS.states])
    @pytest.mark.parametrize("row", LETTERS.steps, ids=lambda row: row.code)
    def test_no_step_is_taken_outside_the_table(self, office, state, row):
        case = office.passed()
        Case.objects.filter(pk=case.pk).update(
            state=state, open=LETTERS.state(state).open, closed_at=None if LETTERS.state(state).open else AT
        )
        inputs = {need.name: office.holes if need.kind is Input.GROUP else "x" for need in row.needs}
        if state in row.sources:
            assert office.do(case, row.code, office.digger, **inputs).state == row.target or row.stays
        else:
            with pytest.raises(Refused) as refused:
                office.do(case, row.code, office.digger, **inputs)
            assert refused.value.code == "wrong-state"

    def test_what_must_be_filled_in_is_named(self, office):
        case = office.passed()
        for inputs, code, field in (
            ({}, "missing-input", "answer"),
            ({"answer": "x", "zly": 1}, "unknown-input", "zly"),
        ):
            with pytest.raises(Refused) as refused:
                office.do(case, "answer", office.digger, **inputs)
            assert (refused.value.code, refused.value.field) == (code, field)


class TestVisibility:
    @pytest.mark.req("CORE-03", "FAULT-01")
    def test_each_sees_what_was_ever_passed_to_them(self, office):
        case = office.passed()
        self.assert_seen(case, office.registry, office.digger, office.digger2, office.head)
        office.do(case, "pass", office.digger, group=office.trees)
        self.assert_seen(case, office.registry, office.digger, office.digger2, office.head, office.gardener)

    @pytest.mark.req("CORE-03")
    def test_what_one_may_not_see_does_not_exist(self, office):
        case = office.passed()
        with pytest.raises(Missing):
            queries.by_number(case.number, visible_to_person=office.gardener)
        with pytest.raises(Missing):
            office.do(case, "answer", office.gardener, answer="x")

    @pytest.mark.req("CORE-03", "CORE-21")
    def test_who_has_passed_a_case_on_sees_it_but_works_on_it_no_more(self, office):
        case = office.do(office.passed(), "pass", office.digger, group=office.trees)
        assert queries.by_number(case.number, visible_to_person=office.digger) == case
        for code, given in (("answer", {"answer": "x"}), ("pass", {"group": office.holes})):
            with pytest.raises(Missing):
                office.do(case, code, office.digger, **given)
        assert office.do(case, "answer", office.gardener, answer="x").state == "answered"

    def test_who_may_see_but_not_act_finds_no_such_step(self, office):
        case = office.passed()
        with pytest.raises(Missing):
            office.do(case, "answer", office.head, answer="x")

    def assert_seen(self, case, *by):
        for person in Person.objects.all():
            assert queries.visible_to(person).filter(pk=case.pk).exists() == (person in by), person.email


class TestClocks:
    def test_the_deadline_runs_from_receipt_and_is_shown(self, office):
        case = office.case(received_at=AT - timedelta(days=1))
        assert case.due_at == datetime(2026, 12, 3, 15, 0, tzinfo=UTC)

    def test_waiting_moves_the_deadline_by_the_working_time_waited(self, office):
        case = office.passed()
        before = case.due_at
        case = office.do(case, "wait", office.digger, why="czekamy")
        assert case.due_at is None
        case = office.do(case, "go-on", office.digger, at=AT + timedelta(days=3))
        assert case.due_at > before

    def test_the_end_ends_every_clock(self, office):
        case = office.passed()
        case = office.do(case, "answer", office.digger, answer="Naprawiono")
        assert (case.open, case.closed_at, case.due_at) == (False, AT, None)

    @pytest.mark.req("CORE-16")
    def test_a_changed_calendar_shows_in_the_case_and_in_its_history(self, office):
        case = office.case()
        calendar = calendar_named("office")
        change_calendar(
            calendar,
            by=BY,
            at=AT,
            version=calendar.version,
            running="recompute",
            week={"mon": [["08:00", "12:00"]]},
        )
        case.refresh_from_db()
        assert case.due_at > AT + timedelta(days=60)
        assert entries_of(case).filter(kind="deadline.moved").exists()

    @pytest.mark.req("CORE-16")
    def test_what_began_by_a_rule_that_has_changed_keeps_it_until_somebody_chooses(
        self, office, client, monkeypatch
    ):
        case, memo = office.case(), replace(LETTERS, code="memo")
        shorter = replace(LETTERS.clocks[0], rule={"working_days": 3}, basis="§ 2a")
        letters = replace(LETTERS, clocks=(shorter, LETTERS.clocks[1]))
        monkeypatch.setattr(rules, "_procedures", {"letter": letters, "memo": memo})
        other = actions.register(memo, by=BY, at=AT, channel="phone", subject="Notatka")
        before, page, anew = case.due_at, "/sprawy/letter/procedura/", "/sprawy/letter/procedura/answer/"
        client.force_login(office.registry)
        assert anew not in client.get(page).content.decode()
        assert client.get(anew).status_code == 404
        assert client.post(anew, {"sent": "1"}).status_code == 404
        client.force_login(office.staff("szefowa", "administrator", "letters-office"))
        shown = client.get(page).content.decode()
        assert anew in shown
        assert "/procedura/take-up/" not in shown
        case.refresh_from_db()
        assert case.due_at == before, "it keeps the rule that it began by"
        assert client.post(anew, {"sent": "1", "note": "nowa instrukcja"})["Location"] == page
        case.refresh_from_db()
        assert case.due_at == datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
        entry = entries_of(case).get(kind="deadline.moved")
        assert (entry.note, entry.after["rule"]) == ("nowa instrukcja", {"working_days": 3, "basis": "§ 2a"})
        assert anew not in client.get(page).content.decode()
        other.refresh_from_db()
        assert other.due_at == before, "a deadline of the same name, of another procedure"


class TestChanging:
    @pytest.mark.req("CORE-25")
    def test_the_second_of_two_is_told_and_sees_what_stands_now(self, office):
        case = office.passed()
        office.do(case, "take", office.digger, version=case.version)
        with pytest.raises(Stale) as stale:
            office.do(case, "answer", office.digger2, version=case.version, answer="x")
        assert stale.value.current.person == office.digger

    @pytest.mark.req("CORE-25")
    def test_who_is_overtaken_by_a_case_that_moves_away_is_told_and_loses_nothing(self, office, client):
        case = office.passed()
        address, seen = f"/sprawy/{case.number}/krok/answer/", case.version
        case = office.do(case, "pass", office.digger2, group=office.trees)
        typed = {"answer": "Droga jest\nnaprawiona", "note": "x" * 300}
        client.force_login(office.digger)
        told = client.post(address, {"version": seen, **typed})
        page = told.content.decode()
        assert told.status_code == 409
        assert office.digger2.name in page.partition('id="meanwhile"')[2]
        assert "Droga jest<br>naprawiona" in page
        assert typed["note"] in page
        assert 'name="answer"' not in page
        assert client.post(address, {"version": case.version, **typed}).status_code == 404
        client.force_login(office.head)
        assert client.post(address, {"version": seen, **typed}).status_code == 404
        with pytest.raises(Missing):  # who may never take it learns nothing of what happened meanwhile
            actions.take_step(case.pk, "answer", by=as_(office.head), at=AT, version=seen, answer="x")
        case.refresh_from_db()
        assert (case.state, case.group) == ("passed", office.trees)

    @pytest.mark.req("CORE-22")
    def test_every_step_is_in_the_record_with_both_times(self, office):
        case = office.passed()
        entered, paper = AT + timedelta(hours=3), AT + timedelta(hours=1)
        office.do(case, "take", office.digger, at=entered, happened_at=paper)
        entry = entries_of(case).get(kind="letter.take")
        assert (entry.at, entry.happened_at, entry.person) == (entered, paper, office.digger)
        assert entry.after["person"] == office.digger.name
        assert list(verify(case)) == []

    @pytest.mark.req("CORE-04")
    def test_open_work_of_one_goes_to_another(self, office):
        case = office.do(office.passed(), "take", office.digger)
        hand_over(office.digger, office.digger2, by=BY, at=AT)
        case.refresh_from_db()
        assert case.person == office.digger2

    def test_a_duplicate_ends_in_the_other_which_its_group_then_sees(self, office):
        case, other = office.passed(), office.case("Wyrwa w jezdni")
        assert not queries.visible_to(office.digger).filter(pk=other.pk).exists()
        actions.merge(case.pk, other.pk, by=as_(office.registry), at=AT)
        case.refresh_from_db()
        assert (case.open, case.merged_into) == (False, other)
        assert queries.visible_to(office.digger).filter(pk=other.pk).exists()
        with pytest.raises(Refused):
            actions.merge(case.pk, other.pk, by=as_(office.registry), at=AT)

    def test_a_part_knows_the_whole_and_came_when_it_came(self, office):
        case = office.case(contact_phone="600000000", received_at=AT - timedelta(days=2))
        part = actions.split(case.pk, by=as_(office.registry), at=AT, subject="Latarnia")
        assert (part.received_at, part.contact_phone) == (case.received_at, "600000000")
        ((link, other),) = queries.links_of(case, office.registry)
        assert (link.kind, other) == ("part", part)

    @pytest.mark.req("CORE-03")
    def test_a_link_to_what_one_may_not_see_is_not_there(self, office):
        case, other = office.passed(), office.case()
        actions.link(case.pk, other.pk, "related", by=as_(office.registry), at=AT)
        assert len(queries.links_of(case, office.registry)) == 1
        assert queries.links_of(case, office.digger) == []


def test_numbers_come_from_one_sequence(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_sequences WHERE sequencename = 'case_number'")
        assert cursor.fetchone() == (1,)
