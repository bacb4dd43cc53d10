"""Everything that is done to reports and their categories."""

from okienko.features.faults.actions.categories import add_category, change_category
from okienko.features.faults.actions.drafts import begin_draft, keep_photos, send_draft, sweep_drafts
from okienko.features.faults.actions.following import add_photos, ask, join, release, withdraw_contact
from okienko.features.faults.actions.reports import report_fault

__all__ = [
    "add_category",
    "add_photos",
    "ask",
    "begin_draft",
    "change_category",
    "join",
    "keep_photos",
    "release",
    "report_fault",
    "send_draft",
    "sweep_drafts",
    "withdraw_contact",
]
