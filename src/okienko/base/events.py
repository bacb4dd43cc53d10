"""What happened, told to whoever asked to know, inside the transaction in which it happened.

A handler that fails undoes what it reacts to: a message that could not be written must not leave a change
that nobody is told of. What takes long is deferred by the handler as a job, itself a row of the transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[E], handler: Callable[[E], None]) -> None:
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def publish(event: object) -> None:
    for event_type in type(event).__mro__:
        for handler in _handlers.get(event_type, ()):
            handler(event)
