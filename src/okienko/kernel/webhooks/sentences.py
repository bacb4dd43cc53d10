"""What entries of the record about webhooks say to a reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "webhook.added": _("address added"),
    "webhook.changed": _("address changed"),
    "webhook.sent_again": _("sent again by hand"),
}
