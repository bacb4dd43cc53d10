"""Numbers as people type them: spaces between thousands, a comma before the rest; phones with gaps and brackets."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from okienko.base.numbers.phones import plain_phone

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_CURRENCY = re.compile(r"(?:zł|złotych|pln|грн|€|eur)\.?$", re.IGNORECASE)


class WholeNumberField(forms.IntegerField):
    """Without the arrows of browsers: they change a number while the page is being scrolled."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "short", "size": 10})

    def to_python(self, value: Any) -> int | None:
        return super().to_python(_SPACES.sub("", value) if isinstance(value, str) else value)


class DecimalField(forms.DecimalField):
    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "size": 12})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _SPACES.sub("", value).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return number_format(value, use_l10n=True) if isinstance(value, Decimal) else value


class MoneyField(DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(decimal_places=2, max_digits=12, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(_CURRENCY.sub("", value.strip()) if isinstance(value, str) else value)


class PhoneField(forms.CharField):
    """A number that can be called or written to; it is kept as every other is, however it was written."""

    widget = forms.TextInput(attrs={"inputmode": "tel"})
    default_error_messages = {
        "invalid": _("This is not a phone number. Give nine digits, for example 600 000 000.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        phone = plain_phone(typed)
        if phone is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return phone
