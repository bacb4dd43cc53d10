from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "joining.asked": _("a unit asked to join"),
    "joining.changed": _("dates of the agreement were changed"),
    "joining.file_brought": _("a file with people was brought"),
    "joining.agreed": _("the people and groups were agreed to and applied"),
    "joining.refused": _("the file was sent back"),
    "asked_by": _("who asked"),
    "agreed_on": _("date of the agreement"),
    "starts_on": _("works here from"),
    "ended_on": _("last day of the agreement"),
    "exception": _("why so late"),
    "rows_added": _("rows added"),
    "rows_changed": _("rows changed"),
    "rows_removed": _("rows taken away"),
}
