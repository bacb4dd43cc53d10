from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from okienko.kernel.history import rules
from okienko.kernel.history.actions import Line, forget, record, record_many
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.history.transactions import atomic
from okienko.kernel.history.words import say, say_shape, say_values, timeline
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BY = Actor.system("test")


@pytest.fixture
def unit(db) -> Unit:
    return add_unit(by=BY, at=AT, symbol="UM", name="Urząd Miasta Przykładów")


@pytest.mark.req("CORE-22")
def test_an_entry_says_who_when_what_and_by_which_channel(unit):
    earlier = AT - timedelta(hours=2)
    record(
        unit,
        "x.changed",
        by=BY,
        at=AT,
        before={"name": "A"},
        after={"name": "B"},
        note="bo tak",
        happened_at=earlier,
    )
    entry = entries_of(unit).last()
    assert (entry.number, entry.actor, entry.channel, entry.at, entry.happened_at) == (
        2,
        "test",
        "system",
        AT,
        earlier,
    )
    assert (entry.before, entry.after, entry.note) == ({"name": "A"}, {"name": "B"}, "bo tak")


@pytest.mark.req("CORE-22")
@pytest.mark.parametrize("change", ["UPDATE history_entry SET note = 'x'", "DELETE FROM history_entry"])
def test_nobody_changes_or_deletes_an_entry(unit, change):
    with (
        pytest.raises(DatabaseError, match="cannot be changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.req("CORE-22")
@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE history_entry SET actor = 'kto inny' WHERE number = 2", "altered"),
        ('UPDATE history_entry SET after = \'{"name": "C"}\' WHERE number = 2', "content"),
        ("UPDATE history_entry SET at = at + interval '1 hour' WHERE number = 2", "altered"),
        ("DELETE FROM history_entry WHERE number = 2", "missing"),
        (
            "UPDATE history_entry SET previous_hash = decode(repeat('00', 32), 'hex') WHERE number = 3",
            "unlinked",
        ),
    ],
)
def test_a_chain_tells_what_was_done_to_it_behind_the_systems_back(unit, damage, found):
    record_many(
        [Line(("units.unit", unit.pk), "x.changed", after={"name": name}) for name in "BC"], by=BY, at=AT
    )
    assert list(verify(unit)) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE history_entry DISABLE TRIGGER USER")
        cursor.execute(damage)
    assert found in {broken.what for broken in verify(unit)}


@pytest.mark.req("CORE-22")
def test_who_writes_one_entry_anew_would_have_to_write_all_after_it_anew(unit):
    """Even one that is whole in itself, and that the entry after it names: that entry was sealed over the old one."""
    record_many(
        [Line(("units.unit", unit.pk), "x.changed", after={"name": name}) for name in "BC"], by=BY, at=AT
    )
    _first, second, _third = Entry.objects.order_by("number")
    forged = rules.chain(
        bytes(second.previous_hash), subject=("units.unit", unit.pk), number=2, kind=second.kind, at=AT,
        happened_at=AT, person_id=None, actor="kto inny", channel=second.channel, sealed=bytes(second.sealed),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE history_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE history_entry SET actor = 'kto inny', hash = %s WHERE number = 2", [forged])
        cursor.execute("UPDATE history_entry SET previous_hash = %s WHERE number = 3", [forged])
    assert [(broken.number, broken.what) for broken in verify(unit)] == [(3, "altered")]


@pytest.mark.req("CORE-22", "CORE-41")
def test_forgetting_takes_the_content_and_leaves_the_chain_whole(unit):
    record(unit, "x.changed", by=BY, at=AT, after={"name": "Jan Testowy"})
    assert forget(unit, by=BY, at=AT) == 2
    assert list(verify(unit)) == []
    assert not Entry.objects.filter(after__name="Jan Testowy").exists()
    assert [entry.kind for entry in entries_of(unit)] == ["unit.added", "x.changed", "history.forgotten"]


def test_many_entries_are_the_same_as_one_by_one(unit):
    lines = [
        Line(
            ("units.unit", unit.pk + number % 5),
            "x.changed",
            {"a": "ż\t\\N"},
            {"at": AT, "b": None},
            "nota\nbene",
        )
        for number in range(500)
    ]
    record_many(lines, by=BY, at=AT)
    assert Entry.objects.count() == 501
    assert list(verify()) == []
    assert Entry.objects.filter(before__a="ż\t\\N", note="nota\nbene").count() == 500


def test_the_timeline_shows_what_differs_in_words(unit):
    say({"x.changed": "changed", "colour": "colour"})
    record(unit, "x.changed", by=BY, at=AT, before={"colour": "red"}, after={"colour": "blue"})
    (shown,) = timeline(entries_of(unit).filter(kind="x.changed"))
    assert shown["title"] == "Changed"
    assert "Colour: blue" in shown["text"]
    assert "red" in shown["text"]


@pytest.mark.req("CORE-22")
@pytest.mark.parametrize(
    ("by", "shown"),
    [
        (Actor.system("faults"), "automatycznie"),
        (Actor.resident(), "osoba bez konta"),
        (Actor(None, "Firma"), "Firma"),
    ],
)
def test_the_timeline_says_who_in_words_and_not_by_a_code(unit, by, shown):
    record(unit, "x.changed", by=by, at=AT, after={"colour": "red"})
    (entry,) = timeline(entries_of(unit).filter(kind="x.changed"))
    assert entry["by"] == shown


def test_the_timeline_calls_codes_by_their_names_and_writes_sizes_for_people(unit):
    say_values("colour", {"x.came": "it came"}, about="x")
    say({"colour": "colour", "day": "day"})
    say_shape("weight", lambda grams: f"{grams} g")
    record(
        unit,
        "x.changed",
        by=BY,
        at=AT,
        after={"colour": ["x.came", "other"], "weight": 5, "day": "2026-11-30"},
    )
    (entry,) = timeline(entries_of(unit).filter(kind="x.changed"))
    assert set(entry["text"].splitlines()) == {"Colour: it came, other", "Weight: 5 g", "Day: 30.11.2026"}


def test_what_was_forgotten_says_so(unit):
    record(unit, "x.changed", by=BY, at=AT, after={"colour": "red"})
    forget(unit, by=BY, at=AT)
    (shown,) = timeline(entries_of(unit).filter(kind="x.changed"))
    assert "red" not in shown["text"]
    assert shown["text"]


@pytest.mark.req("CORE-22")
@pytest.mark.django_db(transaction=True)
def test_the_chain_holds_when_part_of_an_action_was_undone():
    unit = add_unit(by=BY, at=AT, symbol="UM", name="Urząd Miasta Przykładów")

    @atomic
    def act() -> None:
        record(unit, "x.begun", by=BY, at=AT)
        with transaction.atomic():
            record(unit, "x.tried", by=BY, at=AT)
            transaction.set_rollback(True)
        record(unit, "x.done", by=BY, at=AT)

    act()
    assert list(entries_of(unit).values_list("kind", flat=True))[-2:] == ["x.begun", "x.done"]
    assert list(verify()) == []


@pytest.mark.req("CORE-22")
def test_the_head_of_a_chain_is_asked_for_once_in_an_action(unit, django_assert_num_queries):
    @atomic
    def act() -> None:
        for kind in ("x.begun", "x.gone_on", "x.done"):
            record(unit, kind, by=BY, at=AT)

    with django_assert_num_queries(2 + 1 + 1 + 3):  # the savepoint, the lock, the head, the entries
        act()
    assert list(verify()) == []
