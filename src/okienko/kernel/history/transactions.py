"""An action is whole or not at all, and an action within an action is part of it.

Only the outermost one begins something: a transaction, or a savepoint inside a longer one. What fails inside takes the
outermost with it. Whoever wants to go on after a failure says so with `with transaction.atomic():` around that part;
without it, the database is not asked anything more.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from okienko.base.decisions import Refused

P = ParamSpec("P")
R = TypeVar("R")


class Memory:
    """What the action that runs has learnt of rows that it has locked, so that it need not ask again.

    What was learnt inside a savepoint is not known after it: it may have been undone.
    """

    def __init__(self) -> None:
        self._known: dict[Any, tuple[tuple[str, ...], Any]] = {}
        self.together: list[Any] | None = None

    def keep(self, key: Any, value: Any) -> None:
        self._known[key] = (_savepoints(), value)

    def recall(self, key: Any) -> Any:
        since, value = self._known.get(key, ((), None))
        return value if _savepoints()[: len(since)] == since else None

    def drop(self, key: Any) -> None:
        self._known.pop(key, None)


_memory: ContextVar[Memory | None] = ContextVar("memory", default=None)


def _savepoints() -> tuple[str, ...]:
    return tuple(name for name in connection.savepoint_ids if name)


def memory() -> Memory:
    """Of the action that runs; outside of one nothing is remembered."""
    return _memory.get() or Memory()


def refusal_of(act: Callable[[], object]) -> Refused | None:
    """Everything is done and taken back: what the rules would refuse is known before anyone says yes."""
    with transaction.atomic():
        try:
            act()
        except Refused as refused:
            return refused
        finally:
            transaction.set_rollback(True)
    return None


def atomic(action: Callable[P, R]) -> Callable[P, R]:
    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _memory.get() is not None and connection.in_atomic_block:
            with transaction.atomic(savepoint=False):
                return action(*args, **kwargs)
        with transaction.atomic():
            begun = _memory.set(Memory())
            try:
                return action(*args, **kwargs)
            finally:
                _memory.reset(begun)

    return run
