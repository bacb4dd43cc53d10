"""Text on its way into markup that is made in Python."""

from __future__ import annotations

from html import escape
from typing import Any

from django.utils.functional import Promise


def safe(value: Any) -> str:
    """Escaped, unless it is markup already: as Django's `conditional_escape`, at a fraction of its price."""
    if type(value) is str:
        return escape(value)
    if isinstance(value, Promise):
        value = str(value)
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))
