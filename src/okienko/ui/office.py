"""Whose counter this is: name, coat of arms and colour, as the office has set them.

The pages know no tables; the setting `OFFICE` names a function that tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

DEFAULT_COLOUR = "#14509a"


@dataclass(frozen=True, slots=True)
class Office:
    name: str = "Okienko"
    unit: str = ""
    colour: str = DEFAULT_COLOUR
    coat_of_arms: str = ""
    """Address of a picture; without one a plain sign is drawn."""
    home: str = "/"
    contact: str = ""


def current() -> Office:
    source = getattr(settings, "OFFICE", "")
    if not source:
        return Office()
    return cast(Callable[[], Office], import_string(source))()
