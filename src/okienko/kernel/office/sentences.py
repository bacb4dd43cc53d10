"""What the entries of the record about the office itself say."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

SENTENCES = {
    "office.changed": gettext_lazy("The office's name or looks changed"),
    "subtitle": gettext_lazy("Line below the name"),
    "contact": gettext_lazy("Contact"),
    "accessibility_page": gettext_lazy("Accessibility statement"),
    "privacy_page": gettext_lazy("How personal data are processed"),
    "bip_page": gettext_lazy("BIP page"),
    "colour": gettext_lazy("Colour"),
    "coat_of_arms": gettext_lazy("Coat of arms"),
}


def coat_of_arms(mark: str) -> str:
    return gettext("picture %(mark)s") % {"mark": mark[:8]} if mark else ""
