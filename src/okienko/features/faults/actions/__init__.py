"""Everything that is done to reports and their categories."""

from okienko.features.faults.actions.categories import add_category, change_category
from okienko.features.faults.actions.drafts import begin_draft, keep_photos, send_draft, sweep_drafts
from okienko.features.faults.actions.events import Event, split_events
from okienko.features.faults.actions.following import add_photos, ask, join, leave, release, withdraw_contact
from okienko.features.faults.actions.orders import (
    accept_order,
    add_firm,
    change_firm,
    finish_work,
    note_work,
    order_work,
    refuse_order,
    revoke_order,
)
from okienko.features.faults.actions.reports import report_fault
from okienko.features.faults.actions.taking_up import take_up

__all__ = [
    "Event",
    "accept_order",
    "add_category",
    "add_firm",
    "add_photos",
    "ask",
    "begin_draft",
    "change_category",
    "change_firm",
    "finish_work",
    "join",
    "keep_photos",
    "leave",
    "note_work",
    "order_work",
    "refuse_order",
    "release",
    "report_fault",
    "revoke_order",
    "send_draft",
    "split_events",
    "sweep_drafts",
    "take_up",
    "withdraw_contact",
]
