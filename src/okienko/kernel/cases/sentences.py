"""What entries of the record about cases say to a reader."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from okienko.base.decisions import Denied, Refused
from okienko.kernel.cases.rules import ClockMove, Procedure

SENTENCES = {
    "case.linked": _("linked with another case"),
    "case.merged": _("merged into another case"),
    "case.absorbed": _("another case was merged into this one"),
    "case.split": _("a part was split off"),
    "case.people_forgotten": _("personal data removed"),
    "history.forgotten": _("content of the history removed"),
    "document.added": _("file added"),
    "document.published": _("file shown to everybody"),
    "document.withdrawn": _("file no longer shown to everybody"),
    "document.forgotten": _("files removed, as the rules on personal data ask"),
    "deadline.started": _("a deadline began to run"),
    "deadline.stopped": _("the deadline was stopped"),
    "deadline.resumed": _("the deadline runs on"),
    "deadline.met": _("done within a deadline that ran"),
    "deadline.moved": _("the deadline was moved"),
    "deadline.cancelled": _("a deadline no longer runs"),
    "view.saved": _("view saved"),
    "view.removed": _("view removed"),
    "state": _("state"),
    "unit": _("unit"),
    "group": _("group"),
    "person": _("handled by"),
    "number": _("number"),
    "subject": _("subject"),
    "channel": _("channel"),
    "due": _("runs until"),
    "deadline": _("deadline"),
    "name": _("name"),
    "size": _("size"),
    "to": _("to"),
    "kind": _("kind"),
    "into": _("into"),
    "part": _("part"),
    "duplicate": _("duplicate"),
    "description": _("description"),
    "contact_name": _("name of the reporter"),
    "contact_email": _("e-mail of the reporter"),
    "contact_phone": _("phone of the reporter"),
    "wants_answer": _("wants an answer"),
}


# What a step does to a deadline, and who is told of it, for who reads the procedure.
MOVES = {
    ClockMove.START: _("begins"),
    ClockMove.STOP: _("stops"),
    ClockMove.RESUME: _("runs on"),
    ClockMove.MEET: _("ends"),
    ClockMove.CANCEL: _("no longer runs"),
}
TOLD = {
    "reporter": _("who reported it"),
    "group": _("the group that gets it"),
    "operators": _("the operators"),
}

REFUSALS = {
    "unknown-step": _("This step cannot be taken from the state in which the case is now."),
    "wrong-state": _("This step cannot be taken from the state in which the case is now."),
    "missing-input": _("Fill this in."),
    "unknown-input": _("This is not something that this step asks for."),
    "too-early": _("This is too early: choose %(day)s or later."),
    "too-late": _("This is too late: choose %(day)s or earlier."),
}


def refusal(denied: Denied) -> Refused:
    day = date_format(denied.limit, "DATE_FORMAT") if denied.limit is not None else ""
    return Refused(REFUSALS[denied.code] % {"day": day}, code=denied.code, field=denied.field)


def of_procedure(procedure: Procedure) -> dict[str, object]:
    """Entries that every procedure leaves, beside those of its steps."""
    return {
        f"{procedure.code}.registered": _("registered"),
        f"{procedure.code}.changed": _("data corrected"),
        f"{procedure.code}.assigned": _("given to a person"),
        f"{procedure.code}.handed_over": _("handed over"),
        **{f"{procedure.code}.{row.code}": row.past for row in procedure.steps},
        **{need.name: need.label for row in procedure.steps for need in row.needs},
    }
