"""Whose counter this is: name, coat of arms and colour, as the office has set them.

The pages know no tables; the setting `OFFICE` names a function that tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

DEFAULT_NAME = "Okienko"
DEFAULT_COLOUR = "#14509a"


@dataclass(frozen=True, slots=True)
class Office:
    name: str = DEFAULT_NAME
    unit: str = ""
    colour: str = DEFAULT_COLOUR
    coat_of_arms: str = ""
    """Address of a picture; without one a plain sign is drawn."""
    home: str = "/"
    contact: str = ""
    links: tuple[tuple[Any, str], ...] = ()
    """Words and address of what the law wants linked on every page."""

    @property
    def signature(self) -> str:
        """Below a letter: nothing as long as the office has not given itself a name."""
        return "" if self.name == DEFAULT_NAME else "\n".join(filter(None, (self.name, self.contact)))


def current() -> Office:
    source = getattr(settings, "OFFICE", "")
    if not source:
        return Office()
    return cast(Callable[[], Office], import_string(source))()
