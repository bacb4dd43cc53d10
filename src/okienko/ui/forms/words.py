"""Errors in plain words: what is wrong and what to do. A field that has words of its own keeps them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

REQUIRED: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.FileField, _("Choose a file.")),
    (forms.MultipleChoiceField, _("Choose at least one answer.")),
    (forms.ModelMultipleChoiceField, _("Choose at least one answer.")),
    (forms.ChoiceField, _("Choose one of the answers.")),
    (forms.ModelChoiceField, _("Choose one of the answers.")),
    (forms.BooleanField, _("Tick this box to go on.")),
    (forms.Field, _("Fill in this field.")),
)

INVALID: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.EmailField, _("Write a full e-mail address, like anna@example.org.")),
    (forms.URLField, _("Write a full web address, like https://example.org.")),
    (forms.DecimalField, _("Write a number, for example 12,50.")),
    (forms.FloatField, _("Write a number, for example 12,50.")),
    (forms.IntegerField, _("Write a whole number, in digits only.")),
    (forms.FileField, _("The file did not arrive. Choose it once more.")),
)

LIMITS: dict[str, Any] = {
    "max_length": ngettext_lazy(
        "This is too long: at most %(limit_value)d character fits, and there are %(show_value)d.",
        "This is too long: at most %(limit_value)d characters fit, and there are %(show_value)d.",
        "limit_value",
    ),
    "min_length": ngettext_lazy(
        "This is too short: at least %(limit_value)d character is needed, and there are %(show_value)d.",
        "This is too short: at least %(limit_value)d characters are needed, and there are %(show_value)d.",
        "limit_value",
    ),
    "max_value": _("Write a number not greater than %(limit_value)s."),
    "min_value": _("Write a number not smaller than %(limit_value)s."),
    "invalid_choice": _("This answer is not among those offered. Choose again."),
    "invalid_list": _("Choose from the answers offered."),
    "invalid_pk_value": _("This answer is not among those offered. Choose again."),
    "empty": _("The file is empty. Choose another one."),
    "missing": _("Choose a file."),
    "invalid_image": _("This file is not a picture, or it is damaged. Choose another one."),
}


def plain_messages(field: forms.Field) -> None:
    """Replace only what Django itself says: words written for the field stay."""
    standard: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            standard.update(getattr(kind, "default_error_messages", {}))

    def is_own(code: str) -> bool:
        return code in field.error_messages and field.error_messages[code] is not standard.get(code)

    for code, table in (("required", REQUIRED), ("invalid", INVALID)):
        words = next((words for kind, words in table if isinstance(field, kind)), None)
        if words is not None and not is_own(code):
            field.error_messages[code] = words
    for code, words in LIMITS.items():
        if not is_own(code) and not (code == "max_length" and isinstance(field, forms.FileField)):
            field.error_messages[code] = words
