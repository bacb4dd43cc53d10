"""People and units found by what somebody types of their names."""

from datetime import UTC, datetime

import pytest

from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import called
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit
from okienko.kernel.units.naming import named

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BY = Actor.system("test")


@pytest.mark.req("CORE-24")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zolcinska", True),
        ("ŻÓŁCIŃSKA", True),
        ("żół łuc", True),
        ("łucja żółcińska", True),
        ("nowa", True),
        ("lucja.z@okienko", True),
        ("lucja.z@okienko.example ", True),
        ("zolcinską", False),
        ("lucja zielinska", False),
        ("cinska", False),
        ("okienko.example", False),
        (".*", False),
        (" ", False),
        ("", False),
    ],
)
def test_a_person_is_found_by_the_beginnings_of_names_with_and_without_their_marks(typed, found):
    make_staff(
        "lucja.z@okienko.example", "operator", by=BY, at=AT, first_name="Łucja", last_name="Żółcińska-Nowa"
    )
    make_staff("adam@okienko.example", "operator", by=BY, at=AT, first_name="Adam", last_name="Zieliński")
    assert [one.first_name for one in Person.objects.filter(called(typed))] == (["Łucja"] if found else [])


@pytest.mark.req("CORE-24")
def test_a_unit_is_found_as_its_name_is_typed():
    unit = add_unit(by=BY, at=AT, symbol="ZZM", name="Zarząd Zieleni Miejskiej")
    add_unit(by=BY, at=AT, symbol="ZDM", name="Zarząd Dróg")
    assert list(Unit.objects.filter(named("zarzad ziel"))) == [unit]
    assert not Unit.objects.filter(named("Zarzad Żieleni")).exists()
