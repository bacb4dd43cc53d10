from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "letter.printed": _("a letter was printed"),
    "kind": _("kind"),
    "version": _("version"),
    "addressee": _("addressee"),
    "sent_to": _("sent to"),
}
