"""The form that every page of Okienko uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from okienko.base.decisions import Refused
from okienko.ui.forms.cleaning import clean_data
from okienko.ui.forms.markup import Markup
from okienko.ui.forms.words import plain_messages

LONGEST_EMAIL = 254  # longer ones do not exist (RFC 5321), though Django's field takes them


class Form(forms.Form):
    """Says in plain words what is wrong, keeps what was typed, drops what cannot be seen."""

    default_renderer = Markup()
    about_the_reader: ClassVar[bool] = False
    """True where readers write about themselves: their browsers may then fill in names and addresses."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        *args: Any,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(clean_data(data), files, *args, **kwargs)  # type: ignore[arg-type]
        self.use_required_attribute = (
            False  # the browser's own bubbles vanish and are in the browser's language
        )
        self.today = today or timezone.localdate()
        for field in self.fields.values():
            self.prepare(field)

    def prepare(self, field: forms.Field) -> None:
        plain_messages(field)
        if isinstance(field, forms.EmailField):
            _limit(field, LONGEST_EMAIL)
        for name in ("maxlength", "minlength", "min", "max"):
            field.widget.attrs.pop(name, None)
        if hasattr(field, "today"):
            field.today = self.today

    def go_on_from(self, version: int) -> None:
        """What was typed stays; sent once more, it is meant for what stands there now."""
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed[self.add_prefix("version")] = version
        self.data = typed

    def refuse(self, refused: Refused) -> None:
        """An action has said no: show its reason beside the field that it is about, or above the form."""
        place = refused.field if refused.field in self.fields else None
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        self.add_error(place, ValidationError(refused.reason, code=refused.code))


def _limit(field: forms.CharField, longest: int) -> None:
    others = [check for check in field.validators if not isinstance(check, MaxLengthValidator)]
    field.max_length = min(field.max_length or longest, longest)
    field.validators = [*others, MaxLengthValidator(field.max_length)]
