from __future__ import annotations

import pytest

from okienko.features.visits.embed.factories import make_site
from okienko.features.visits.embed.models import Site
from okienko.features.visits.tests.conftest import AT, BY, no_work, office

__all__ = ["no_work", "office"]


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def site(db) -> Site:
    return make_site(by=BY, at=AT)
