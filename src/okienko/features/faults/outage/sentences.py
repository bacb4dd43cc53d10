from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "outage.declared": _("outage declared"),
    "outage.ended": _("outage ended"),
    "outage.told": _("somebody was told of the outage"),
    "outage.entry_closed": _("nothing more is entered afterwards"),
    "outage.entered": _("entered afterwards from paper"),
    "outage.packed": _("open work kept as a file for an outage"),
    "began_at": _("began"),
    "ended_at": _("ended"),
    "reason": _("reason"),
    "who": _("who was told"),
    "told_at": _("told at"),
    "how": _("how"),
}
