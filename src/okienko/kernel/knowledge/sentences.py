"""What entries of the record about articles say to a reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "article.written": _("article written"),
    "article.changed": _("article changed"),
    "article.published": _("article published"),
    "article.withdrawn": _("article withdrawn"),
}
