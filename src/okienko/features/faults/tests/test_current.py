from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from okienko.features.faults.categories import current
from okienko.features.faults.models import Area, Category, Question
from okienko.features.faults.open311 import asking, queries
from okienko.features.faults.places.queries import district_at
from okienko.features.faults.tests.conftest import HERE, City

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(change: Callable[[], object]) -> None:
    """By another connection, as another process does."""

    def run() -> None:
        try:
            change()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(run).result()


def asked(code: str = "dziury") -> list[str]:
    return [question.text for question in queries.questions(queries.service(code))]


@pytest.mark.req("FAULT-90")
def test_what_another_process_changed_of_a_category_is_known_at_once(city: City) -> None:
    assert asked() == ["Jak duża?", "Na pasie ruchu?"]
    elsewhere(lambda: Question.objects.filter(text="Jak duża?").update(text="Jak szeroka?"))
    assert asked() == ["Jak szeroka?", "Na pasie ruchu?"]
    elsewhere(lambda: Question.objects.create(category=city.holes, position=9, text="Od kiedy?"))
    assert asked() == ["Jak szeroka?", "Na pasie ruchu?", "Od kiedy?"]
    elsewhere(lambda: Question.objects.filter(text="Od kiedy?").delete())
    assert asked() == ["Jak szeroka?", "Na pasie ruchu?"]
    elsewhere(lambda: Category.objects.filter(code="dziury").update(release_text=True))
    assert queries.service("dziury").release_text
    elsewhere(lambda: Category.objects.filter(code="dziury").update(active=False))
    with pytest.raises(asking.Wrong):
        queries.service("dziury")


@pytest.mark.req("FAULT-90")
def test_what_stands_above_counts_as_well(city: City) -> None:
    Category.objects.filter(code="lampy").update(parent=city.holes)
    assert asked("lampy") == ["Jak duża?", "Na pasie ruchu?"]
    elsewhere(lambda: Question.objects.filter(text="Jak duża?").update(text="Jak ciemno?"))
    assert asked("lampy") == ["Jak ciemno?", "Na pasie ruchu?"]


def test_what_was_taken_back_is_forgotten(city: City) -> None:
    assert asked() == ["Jak duża?", "Na pasie ruchu?"]
    with transaction.atomic():
        Question.objects.filter(text="Jak duża?").update(text="Nigdy?")
        assert asked() == ["Nigdy?", "Na pasie ruchu?"]
        transaction.set_rollback(True)
    assert asked() == ["Jak duża?", "Na pasie ruchu?"]


def test_what_has_not_changed_is_not_read_again(city: City, django_assert_num_queries) -> None:
    kept = current.category("dziury")
    with django_assert_num_queries(1):
        assert current.category("dziury") is kept


def test_a_district_that_another_process_moved_is_where_it_is_now(city: City) -> None:
    before = district_at(*HERE)
    assert before is not None
    elsewhere(lambda: Area.objects.filter(pk=before.pk).update(name="Inna"))
    moved = district_at(*HERE)
    assert moved is not None
    assert moved.name == "Inna"
    elsewhere(lambda: Area.objects.filter(pk=before.pk).update(active=False))
    assert district_at(*HERE) is None
