"""Rows that hardly ever change, kept by each process and given out only as long as they stand there unchanged.

PostgreSQL never changes a row in place: whatever is written is a new version, with the transaction that wrote it (`xmin`) and
a place of its own (`ctid`). Who asks brings these marks of all rows that a thing was read from, just asked for; what is kept
is given out while they are the same. It is shared by all who ask: looked at, never changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    def __init__(self, read: Callable[[int], T | None]) -> None:
        self._read = read
        self._known: dict[int, tuple[str, T]] = {}

    def at(self, pk: int, version: str) -> T | None:
        known = self._known.get(pk)
        if known is None or known[0] != version:
            # Read after its version: what was written between the two is found out the next time.
            read = self._read(pk)
            if read is None:
                return None
            known = self._known[pk] = version, read
        return known[1]
