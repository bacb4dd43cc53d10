from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from okienko.kernel.office import queries


@pytest.fixture(autouse=True)
def asked_as_by_an_office(settings: Any) -> Iterator[None]:
    settings.OFFICE = "okienko.kernel.office.queries.current"
    queries.forget()
    yield
    queries.forget()
