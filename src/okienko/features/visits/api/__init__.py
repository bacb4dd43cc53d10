"""Booking by programs: the same steps as on the pages, and the same refusals.

Whoever holds the secret of a visit may see and change it, as by the link in the message; a token is needed for none
of this, but one with the scope `visits.book` (or `visits:book`) stands instead of the proof of work and of the limit of its network.
"""

from __future__ import annotations

from ninja import Router

from okienko.features.visits.api import booking, offering, own, waiting
from okienko.features.visits.rush import api as rush

router = Router(tags=["visits"])
for part in (rush, offering, booking, own, waiting):
    router.add_router("", part.router)

# What is answered without a token; each has its own rules against crowds and robots.
OPEN = frozenset(
    {
        "list_visit_services", "list_visit_locations", "list_visit_slots", "hold_visit_slot", "give_back_visit_slot",
        "extend_visit_hold", "book_visit", "read_visit", "confirm_visit", "cancel_visit", "move_visit",
        "wait_for_earlier_visit", "read_waiting", "take_offered_visit", "leave_waiting",
    }
) | rush.OPEN  # fmt: skip
