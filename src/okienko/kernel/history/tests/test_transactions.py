import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.transaction import TransactionManagementError

from okienko.base.decisions import Refused
from okienko.kernel.history.transactions import atomic, memory


@atomic
def add(symbol: str, *, refused: bool = False) -> None:
    Group.objects.create(name=symbol)
    if refused:
        raise Refused("no", code="no")


@atomic
def add_both(first: str, second: str, *, refused: bool = False) -> None:
    add(first)
    add(second, refused=refused)


@atomic
def go_on_without_a_word() -> None:
    try:
        add("A", refused=True)
    except Refused:
        Group.objects.count()


@atomic
def go_on_as_one_should() -> None:
    add("A")
    try:
        with transaction.atomic():
            add("B", refused=True)
    except Refused:
        add("C")


def symbols() -> set[str]:
    return set(Group.objects.values_list("name", flat=True))


@pytest.mark.django_db
def test_an_action_within_an_action_is_part_of_it():
    with pytest.raises(Refused):
        add_both("A", "B", refused=True)
    assert symbols() == set()
    add_both("A", "B")
    assert symbols() == {"A", "B"}


@pytest.mark.django_db
def test_the_outermost_alone_begins_something(django_assert_num_queries):
    with django_assert_num_queries(4):
        add_both("A", "B")


@pytest.mark.django_db
def test_half_of_an_action_is_never_gone_on_from():
    with pytest.raises(TransactionManagementError):
        go_on_without_a_word()
    assert symbols() == set()
    go_on_as_one_should()
    assert symbols() == {"A", "C"}


@pytest.mark.django_db(transaction=True)
def test_what_was_learnt_in_what_was_undone_is_forgotten():
    recalled = []

    @atomic
    def learn() -> None:
        memory().keep("sure", 1)
        with transaction.atomic():
            memory().keep("undone", 2)
            recalled.append(memory().recall("undone"))
            transaction.set_rollback(True)
        recalled.append(memory().recall("undone"))
        recalled.append(memory().recall("sure"))

    learn()
    recalled.append(memory().recall("sure"))
    assert recalled == [2, None, 1, None]
