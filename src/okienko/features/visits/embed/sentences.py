from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "embed_site.added": _("site put on the list of those that may show the form"),
    "embed_site.changed": _("site on the list of those that may show the form changed"),
    "origin": _("address of the site"),
}
