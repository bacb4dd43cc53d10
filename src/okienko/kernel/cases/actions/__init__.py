from okienko.kernel.cases.actions.giving import assign, assign_many, hand_over_all
from okienko.kernel.cases.actions.joining import link, merge, split
from okienko.kernel.cases.actions.keeping import (
    add_files,
    change_details,
    forget_people,
    forget_view,
    save_view,
)
from okienko.kernel.cases.actions.steps import CONTACT, demand_possible, register, take_step

__all__ = [
    "CONTACT", "add_files", "assign", "assign_many", "change_details", "demand_possible", "forget_people", "forget_view",
    "hand_over_all", "link", "merge", "register", "save_view", "split", "take_step",
]  # fmt: skip
