"""Which visits, and what to do with all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.time import WARSAW
from okienko.features.visits.forms.booking import CancelForm
from okienko.features.visits.forms.setting_up import Counters
from okienko.features.visits.models import Booking, MassChange, Service
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Unit
from okienko.ui.forms import DateField, Form


def beginning(day: date) -> datetime:
    return datetime.combine(day, time(), WARSAW)


class _Where(Form):
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=gettext_lazy("Unit"), required=False, empty_label=gettext_lazy("all")
    )
    counters = Counters(
        Resource.objects.none(),
        label=gettext_lazy("Counters"),
        required=False,
        help_text=gettext_lazy("None ticked: all of the unit."),
    )

    def __init__(self, *args: Any, counters: QuerySet[Resource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reached = counters
        self.offer("unit", Unit.objects.filter(pk__in=counters.order_by().values("unit_id")))
        self.offer("counters", counters)

    def offer(self, name: str, choices: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = choices

    def chosen_counters(self) -> list[Resource]:
        unit, ticked = self.cleaned_data["unit"], self.cleaned_data["counters"]
        chosen: Iterable[Resource] = ticked or self.reached
        return [one for one in chosen if unit is None or one.unit_id == unit.pk]


class MassForm(CancelForm, _Where):
    service = forms.ModelChoiceField(
        Service.objects.all(),
        label=gettext_lazy("Matter"),
        required=False,
        empty_label=gettext_lazy("all"),
    )
    first = DateField(label=gettext_lazy("First day"))
    last = DateField(label=gettext_lazy("Last day"))
    way = forms.ChoiceField(
        label=gettext_lazy("What to do"), choices=MassChange.Way.choices, widget=forms.RadioSelect
    )
    counter = forms.ModelChoiceField(
        Resource.objects.none(),
        label=gettext_lazy("To which counter"),
        required=False,
        empty_label=gettext_lazy("– none –"),
        help_text=gettext_lazy("Only when you move them to another counter."),
    )
    day = DateField(
        label=gettext_lazy("To which day"),
        required=False,
        help_text=gettext_lazy("Only when you move them to another day."),
    )
    field_order = ["unit", "counters", "service", "first", "last", "way", "counter", "day", "why"]

    def __init__(self, *args: Any, counters: QuerySet[Resource], **kwargs: Any) -> None:
        super().__init__(*args, counters=counters, **kwargs)
        self.offer("counter", counters.filter(active=True))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last, way = given.get("first"), given.get("last"), given.get("way")
        if first and last and last < first:
            self.add_error("last", ValidationError(_("The last day is before the first.")))
        if way == MassChange.Way.COUNTER and not given.get("counter"):
            self.add_error("counter", ValidationError(_("Say to which counter.")))
        if way == MassChange.Way.DAY and not given.get("day"):
            self.add_error("day", ValidationError(_("Say to which day.")))
        return given

    def narrow(self, bookings: QuerySet[Booking]) -> QuerySet[Booking]:
        given = self.cleaned_data
        if given["service"]:
            bookings = bookings.filter(service=given["service"])
        if given["unit"]:
            bookings = bookings.filter(resource__unit=given["unit"])
        if given["counters"]:
            bookings = bookings.filter(resource__in=given["counters"])
        after = given["last"] + timedelta(days=1)
        return bookings.filter(start__gte=beginning(given["first"]), start__lt=beginning(after))

    def order(self) -> dict[str, Any]:
        given, way = self.cleaned_data, self.cleaned_data["way"]
        return {
            "way": way,
            "why": given["why"],
            "counter": given["counter"] if way == MassChange.Way.COUNTER else None,
            "day": given["day"] if way == MassChange.Way.DAY else None,
        }


class ClosingForm(CancelForm, _Where):
    REST, DAYS = "rest", "days"

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            (REST, gettext_lazy("from now to the end of today")),
            (DAYS, gettext_lazy("on these days")),
        ],
        widget=forms.RadioSelect,
    )
    first = DateField(label=gettext_lazy("First day"), required=False)
    last = DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: only the first day."),
    )
    field_order = ["unit", "counters", "when", "first", "last", "why"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if given.get("when") == self.DAYS and not first and "first" not in self.errors:
            self.add_error("first", ValidationError(_("Say which day.")))
        if first and last and last < first:
            self.add_error("last", ValidationError(_("The last day is before the first.")))
        return given

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """From one moment to another, never before now."""
        today = now.astimezone(WARSAW).date()
        first, last = today, today
        if self.cleaned_data["when"] == self.DAYS:
            first = self.cleaned_data["first"]
            last = self.cleaned_data["last"] or first
        return max(now, beginning(first)), beginning(last + timedelta(days=1))
