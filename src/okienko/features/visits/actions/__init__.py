"""What is done with visits, and with what they are booked for."""

from okienko.features.visits.actions.booking import (
    Contact,
    book,
    book_for_resident,
    lapse_unconfirmed,
    move,
    move_by_office,
    try_to_confirm,
)
from okienko.features.visits.actions.cancelling import cancel, cancel_many, give_back
from okienko.features.visits.actions.extra import add_extra_field, change_extra_field, remove_extra_field
from okienko.features.visits.actions.hours import add_template, change_template, close_hours, lay_hours
from okienko.features.visits.actions.mass import close_office, finish_mass_change, order_mass_change
from okienko.features.visits.actions.offering import (
    add_category,
    add_service,
    change_category,
    change_service,
    set_lengths,
    set_services,
    set_status,
)
from okienko.features.visits.actions.reminding import remind
from okienko.features.visits.actions.waiting import leave_line, leave_word, offer_next, take_offer, wait_again

__all__ = [
    "Contact",
    "add_category",
    "add_extra_field",
    "add_service",
    "add_template",
    "book",
    "book_for_resident",
    "cancel",
    "cancel_many",
    "change_category",
    "change_extra_field",
    "change_service",
    "change_template",
    "close_hours",
    "close_office",
    "finish_mass_change",
    "give_back",
    "lapse_unconfirmed",
    "lay_hours",
    "leave_line",
    "leave_word",
    "move",
    "move_by_office",
    "offer_next",
    "order_mass_change",
    "remind",
    "remove_extra_field",
    "set_lengths",
    "set_services",
    "set_status",
    "take_offer",
    "try_to_confirm",
    "wait_again",
]
