"""What entries of the record about fault reports say to a reader, beside those of every case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "fault.placed": _("category and place set"),
    "category.added": _("category added"),
    "category": _("category"),
    "place": _("place"),
}
