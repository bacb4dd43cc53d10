from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.desk.models import WaitingRoom
from okienko.features.visits.desk.statistics import LONGEST
from okienko.ui.forms import Form, SpanForm, WholeNumberField


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


class VisitsForm(SpanForm):
    back = ahead = timedelta(days=30)
    longest = LONGEST


class CodeForm(Form):
    code = forms.CharField(
        label=_("Number of your visit, or its code under the reader"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "autofocus": True}),
    )
