"""Addresses that hold everywhere: in a message, in a new tab, also when the page that makes them stands in a frame."""

from __future__ import annotations

from django.urls import get_script_prefix, reverse, set_script_prefix


def outside(page: str, *args: object) -> str:
    """`reverse` without what stands before the addresses of the page that is being made."""
    within = get_script_prefix()
    set_script_prefix("/")
    try:
        return reverse(page, args=args)
    finally:
        set_script_prefix(within)
