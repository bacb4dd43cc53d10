from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from okienko.kernel.messages.tests import offices
from okienko.kernel.messages.tests.servers import Letterbox, smtp_server
from okienko.kernel.units.models import Unit


@pytest.fixture
def notices() -> Iterator[None]:
    with offices.declared():
        yield


@pytest.fixture
def unit(notices: None, db: None) -> Unit:
    return offices.make_unit()


@pytest.fixture(autouse=True)
def own_settings(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.SMTP_URL = settings.SMS_URL = settings.IMAP_URL = ""
    settings.MAIL_FROM = "Urząd <urzad@okienko.example>"
    settings.PUBLIC_ADDRESS = "https://okienko.example"


@pytest.fixture
def letterbox(settings: Settings) -> Iterator[Letterbox]:
    with smtp_server() as (box, address):
        settings.SMTP_URL = address
        yield box
