"""A beginning is asked for by the words that begin so; the list of words is whole, waits for nobody and forgets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from threading import Barrier, Event

import pytest
from django.db import OperationalError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okienko.base.lemmas import document_words, query
from okienko.kernel.cases import actions, lists, words
from okienko.kernel.cases.models import Case, KnownWord
from okienko.kernel.cases.tests.test_cases import (  # noqa: F401  (fixtures)
    AT,
    BY,
    LETTERS,
    as_,
    declared,
    office,
)
from okienko.kernel.cases.tests.test_lists import asked


def known():
    return set(KnownWord.objects.filter(let_go=False).values_list("text", flat=True))


def in_cases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT unnest(tsvector_to_array(words)) FROM cases_case")
        return {word for (word,) in cursor.fetchall() if word[0] not in "#0123456789"}


def question(typed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_words_asked(%s)::text", [query(typed)])
        return cursor.fetchone()[0]


def found(office, typed):  # noqa: F811
    request = asked(f"q={typed}", office.head)
    return set(lists.rows(LETTERS, request, office.head, now=AT).values_list("subject", flat=True))


@pytest.mark.req("CORE-24")
def test_every_word_of_a_case_is_known_however_it_came_there(office):  # noqa: F811
    case = office.passed(
        subject="Latarnia", contact_name="Żaneta Przykładowa", contact_email="z.o'neil@poczta.example"
    )
    assert {"latarnia", "zaneta", "przykladowa", "z.o'neil@poczta.example"} <= known() == in_cases()
    actions.change_details(case.pk, by=as_(office.registry), at=AT, version=case.version, subject="Ławka")
    assert "lawka" in known() >= in_cases()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET words = words || array_to_tsvector(ARRAY['gwiazda'])")
    assert "gwiazda" in known()
    assert not any(word[0] in "#0123456789" for word in known())


@pytest.mark.req("CORE-24")
def test_a_beginning_is_asked_for_by_the_words_that_begin_so_and_finds_what_it_found(office):  # noqa: F811
    office.passed(subject="Latarnia", contact_email="lat.o'neil@poczta.example")
    office.passed(subject="Latawiec")
    office.passed(subject="Ławka")
    assert ":*" not in question("lat")
    assert "'latawiec'" in question("lat")
    assert found(office, "lat") == {"Latarnia", "Latawiec"}
    assert found(office, "lat.o'n") == {"Latarnia"}
    assert found(office, "lata") == {"Latarnia", "Latawiec"}
    assert found(office, "lat\\") == {"Latarnia", "Latawiec"}
    assert found(office, "latka") == set()
    assert found(office, "law") == {"Ławka"}


@pytest.mark.req("CORE-24")
@pytest.mark.parametrize("phone", ["600 000 007", "+48 600-000-007", "0048600000007"])
@pytest.mark.parametrize("typed", ["600000007", "600 000 007", "%2B48600000007", "600000"])
def test_a_phone_is_found_however_it_was_written(office, phone, typed):  # noqa: F811
    office.passed(subject="Latarnia", contact_phone=phone)
    office.passed(subject="Ławka", contact_phone="500000007")
    assert found(office, typed) == {"Latarnia"}


@pytest.mark.req("CORE-24")
@pytest.mark.parametrize("typed", ["Jan_K@poczta.example", "jan_k@pocz", "poczta.example"])
def test_an_address_is_found_whole_and_in_parts(office, typed):  # noqa: F811
    office.passed(subject="Latarnia", contact_email="jan_k@poczta.example")
    assert found(office, typed) == {"Latarnia"}


@pytest.mark.req("CORE-24")
def test_nothing_is_left_out_when_words_that_begin_so_are_many_or_are_numbers(office):  # noqa: F811
    office.passed(
        subject="Latarnia 12a",
        description=" ".join(f"lat{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"),
    )
    office.passed(subject="Latawiec")
    assert "'lat':*" in question("lat")
    assert found(office, "lat") == {"Latarnia 12a", "Latawiec"}
    assert "'12':*" in question("12")
    assert found(office, "12") >= {"Latarnia 12a"}


@pytest.mark.req("CORE-24")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.text("aąłż'\\й🙂1. ", max_size=12), min_size=1, max_size=4),
    st.text("aąłż'\\й🙂1. ", min_size=1, max_size=4),
)
def test_what_is_asked_finds_exactly_what_the_beginning_does(db, texts, typed):
    asked_for = query(typed)
    if not asked_for:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for text in texts:
            for word in document_words(text):
                KnownWord.objects.create(text=word)
        for text in texts:
            cursor.execute(
                "SELECT array_to_tsvector(%s::text[]) @@ %s::tsquery, array_to_tsvector(%s::text[]) @@ case_words_asked(%s)",
                [document_words(text), asked_for, document_words(text), asked_for],
            )
            plain, by_words = cursor.fetchone()
            assert plain == by_words, (text, typed)
        transaction.set_rollback(True)


@pytest.mark.req("CORE-41")
def test_a_name_that_was_forgotten_is_cleared_and_one_that_another_case_has_stays(office):  # noqa: F811
    gone = office.case("Latarnia", contact_name="Żaneta Przykładowa", contact_email="zaneta@poczta.example")
    office.case("Ławka", contact_name="Jan Przykładowy")
    office.case("Latarnia", contact_name="Przykładowa")
    actions.forget_people(Case.objects.get(pk=gone.pk), by=BY, at=AT + timedelta(days=900))
    assert found(office, "zanet") == set()
    words.clear()
    assert known() == in_cases()
    assert not {"zaneta", "zaneta@poczta.example"} & known()
    assert {"przykladowa", "latarnia", "jan"} <= known()
    assert not KnownWord.objects.filter(let_go=True).exists()


@pytest.mark.req("CORE-41")
def test_words_of_a_case_that_is_no_more_are_cleared_in_steps(office, monkeypatch):  # noqa: F811
    monkeypatch.setattr(words, "CLEARED", 2)
    office.case("Latarnia", contact_name="Żaneta Przykładowa")
    stays = office.case("Ławka")
    Case.objects.exclude(pk=stays.pk).delete()
    assert "zaneta" in known()
    words.clear()
    assert known() == in_cases() == {"lawka"}


def in_threads(*works):
    def alone(work):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [running.result(timeout=30) for running in [pool.submit(alone, work) for work in works]]


def write(*texts):
    """New cases with the words of these texts, row by row."""
    for at, text in enumerate(texts, Case.objects.count()):
        case = Case.objects.create(
            procedure="letter", number=f"{at}{text[0]}", subject=text, state="new", channel="page",
            received_at=AT, registered_at=AT, changed_at=AT, follow_key=text,
        )  # fmt: skip
        words.index_words(case)


@pytest.mark.req("CORE-24")
@pytest.mark.django_db(transaction=True)
def test_two_who_bring_the_same_words_at_once_neither_wait_nor_stop_each_other():
    both = Barrier(2, timeout=20)

    def bring(*texts):
        def work():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                for text in texts:
                    write(text)
                    both.wait()  # neither has ended yet

        return work

    in_threads(bring("alfa beta jeden", "gamma delta jeden"), bring("gamma delta dwa", "alfa beta dwa"))
    assert known() >= in_cases() >= {"alfa", "beta", "gamma", "delta"}


@pytest.mark.req("CORE-24", "CORE-41")
@pytest.mark.django_db(transaction=True)
def test_a_word_that_somebody_just_takes_up_again_is_not_cleared():
    write("alfa")
    Case.objects.all().delete()
    written, cleared = Event(), Event()

    def take_up():
        with transaction.atomic():
            write("alfa znowu")
            written.set()
            assert cleared.wait(20)

    def clear():
        assert written.wait(20)
        words.clear()  # has not that moment for itself, and leaves it for later
        cleared.set()

    in_threads(take_up, clear)
    assert "alfa" in known()
    words.clear()
    assert known() == in_cases() == {"alfa", "znowu"}


@pytest.mark.req("CORE-41")
@pytest.mark.django_db(transaction=True)
def test_who_brings_a_word_while_it_is_cleared_brings_it_anew(monkeypatch):
    write("alfa")
    Case.objects.all().delete()
    cleared, tried = Event(), Event()
    clear = words._clear

    def slowly(notes):
        with transaction.atomic():
            clear(notes)
            cleared.set()
            assert tried.wait(20)

    def bring():
        assert cleared.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError), transaction.atomic():
            write("alfa znowu")
        tried.set()
        write("alfa znowu")

    monkeypatch.setattr(words, "_clear", slowly)
    in_threads(words.clear, bring)
    assert known() == in_cases() == {"alfa", "znowu"}


@pytest.mark.req("CORE-24")
def test_words_of_cases_that_were_there_before_are_filled_in(office):  # noqa: F811
    case = office.passed(
        subject="Latarnia", contact_phone="+48 600 000 007", contact_email="Jan_K@poczta.example"
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET words = array_to_tsvector(ARRAY['latarnia', 'stol'])")
    KnownWord.objects.all().delete()
    fill = import_module("okienko.kernel.cases.migrations.0007_known_words_filled").fill
    fill(None, None)
    fill(None, None)
    assert sorted(KnownWord.objects.values_list("text", flat=True)) == sorted(in_cases())
    assert {"stol", "jan", "k", "poczta", "example"} <= in_cases()
    assert set(lists.rows(LETTERS, asked("q=600000007", office.registry), office.registry, now=AT)) == {case}
