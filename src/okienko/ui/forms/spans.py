"""From one day to another: what a report of figures is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.ui.forms.base import Form
from okienko.ui.forms.dates import DateField


class SpanForm(Form):
    """What is not understood is answered for the usual days around today, and said."""

    first = DateField(label=gettext_lazy("From the day"))
    last = DateField(label=gettext_lazy("To the day"))

    back: ClassVar[timedelta] = timedelta(days=29)
    ahead: ClassVar[timedelta] = timedelta(0)
    longest: ClassVar[timedelta] = timedelta.max

    @classmethod
    def asked(cls, given: Mapping[str, Any], today: date) -> tuple[Self, date, date]:
        usual = {"first": today - cls.back, "last": today + cls.ahead}
        form = cls(given or None, initial=usual)
        days = form.cleaned_data if form.is_bound and form.is_valid() else usual
        return form, days["first"], days["last"]

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", ValidationError(_("The last day is before the first one."), code="span"))
        elif first and last and last - first > self.longest:
            self.add_error("last", ValidationError(_("Ask for a year at most."), code="span"))
        return self.cleaned_data
