from __future__ import annotations

from typing import Any

import pytest

ASKING = "okienko.kernel.consents.middleware.required_consents"


@pytest.fixture(autouse=True)
def assembled(settings: Any) -> None:
    if ASKING not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, ASKING]
