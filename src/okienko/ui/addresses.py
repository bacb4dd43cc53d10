"""Addresses that hold everywhere: in a message, in a new tab, also when the page that makes them stands in a frame."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils.http import RFC3986_SUBDELIMS

# Any of our patterns takes it, and no address of ours has it by itself.
_ANY = "9182736455463728190"


def outside(page: str, *args: object) -> str:
    """`reverse` without what stands before the addresses of the page that is being made."""
    within = get_script_prefix()
    set_script_prefix("/")
    try:
        return reverse(page, args=args)
    finally:
        set_script_prefix(within)


def each(page: str) -> Callable[[object], str]:
    """`reverse` for every row of a list: the way to the page is asked once, what is told apart by is put into it."""
    before, after = reverse(page, args=[_ANY]).split(_ANY)
    return lambda key: f"{before}{quote(str(key), safe=RFC3986_SUBDELIMS + '/~:@')}{after}"
