from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.desk.models import WaitingRoom
from okienko.features.visits.desk.statistics import LONGEST
from okienko.ui.forms import DateField, Form, WholeNumberField


class RoomForm(Form):
    walk_in_minutes = WholeNumberField(
        label=_("Somebody without booking has their turn so many minutes after coming"),
        min_value=0,
        max_value=240,
    )
    late_minutes = WholeNumberField(
        label=_("Somebody who booked may be late by so many minutes"), min_value=0, max_value=240
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def values_of(room: WaitingRoom) -> dict[str, Any]:
        return {name: getattr(room, name) for name in ("walk_in_minutes", "late_minutes", "version")}


class SpanForm(Form):
    """From which day to which; what is not understood is answered for thirty days before and ahead, and said."""

    first = DateField(label=_("From"))
    last = DateField(label=_("To"))

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if data is not None:
            data = {
                "first": data.get("from") or data.get("first", ""),
                "last": data.get("to") or data.get("last", ""),
            }
        super().__init__(data, **kwargs)

    @staticmethod
    def usual(today: date) -> dict[str, date]:
        return {"first": today - timedelta(days=30), "last": today + timedelta(days=30)}

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            self.add_error(
                "last", ValidationError(_("Choose a day after the first, within a year."), code="span")
            )
        return self.cleaned_data

    def span(self, today: date) -> tuple[date, date]:
        days = self.cleaned_data if self.is_bound and self.is_valid() else self.usual(today)
        return days["first"], days["last"]


class CodeForm(Form):
    code = forms.CharField(
        label=_("Number of your visit, or its code under the reader"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "autofocus": True}),
    )
