from __future__ import annotations

from okienko.features.visits.freeing import time_is_free
from okienko.kernel.slots.events import HoursChanged, TimeFreed


def offer_to_the_next(event: TimeFreed | HoursChanged) -> None:
    time_is_free([event.resource_id])
