from __future__ import annotations

import pytest

from okienko.features.visits.rush.factories import make_release
from okienko.features.visits.rush.models import Release
from okienko.features.visits.tests.conftest import AT, BY, Office, no_work, office

__all__ = ["no_work", "office"]


@pytest.fixture
def release(office: Office) -> Release:
    """Every day at eight, three choose at once; the moment of the tests is eight o'clock sharp."""
    return make_release(office.service, by=BY, at=AT)
