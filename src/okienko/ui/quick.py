"""Pages that a crowd opens within one minute: the site answers them before session and account, which they do not need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def quick(view: View) -> View:
    """Neither who asks nor a token against forms of other sites is known to it: a form of another site is refused."""
    view.quick = True  # type: ignore[attr-defined]
    return view


def is_quick(view: Any) -> bool:
    return getattr(view, "quick", False) is True
