from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "desk.opened": _("waiting room set up"),
    "desk.changed": _("rule of the waiting room changed"),
    "desk.came": _("came and got a number"),
    "desk.came_back": _("came after the call, waits again"),
    "desk.called": _("called"),
    "desk.called_again": _("called again"),
    "desk.done": _("served"),
    "desk.gone": _("did not come when called"),
    "walk_in_minutes": _("turn of those without booking, minutes after coming"),
    "late_minutes": _("minutes of being late that a booking allows"),
}
