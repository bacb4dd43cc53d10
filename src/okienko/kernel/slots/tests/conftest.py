import pytest

from okienko.kernel.units.actions import add_unit

from .steps import AT, BY, make_counter


@pytest.fixture
def unit(db):
    return add_unit(by=BY, at=AT, symbol="SP", name="Starostwo Przykładowe")


@pytest.fixture
def counter(unit):
    return make_counter(unit, "Okienko 1")
