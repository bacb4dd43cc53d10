from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "rush.release_set": _("opening of new times set"),
    "rush.drawn": _("order of those who came before the hour drawn by lot"),
    "hour": _("hour at which new times open"),
    "weekdays": _("days of the week (1 is Monday)"),
    "early_minutes": _("waiting room opens, minutes before the hour"),
    "at_once": _("people who choose at once"),
    "choose_minutes": _("time to choose (minutes)"),
    "most_per_network": _("most places from one network address"),
    "seed": _("what the lot was drawn with"),
    "drawn": _("how many took part in the lot"),
}
