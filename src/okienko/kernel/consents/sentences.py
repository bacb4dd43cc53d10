"""What the entries of the record about consents say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "consent_group.added": _("Group of consents added"),
    "consent_text.drafted": _("New version written"),
    "consent_text.changed": _("Draft changed"),
    "consent_text.published": _("Published"),
    "from": _("in force from"),
    "code": _("code"),
    "consent_text.ended": _("No longer in force"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "history.forgotten": _("Personal data removed, as the rules on personal data ask"),
}
