"""What an office fills in to take visits: categories, services, counters, templates of hours, days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.text import fold
from okienko.features.visits.models import Category, HoursTemplate, Service
from okienko.kernel.calendars import words
from okienko.kernel.calendars.forms import HoursField
from okienko.kernel.calendars.models import Calendar
from okienko.kernel.calendars.rules import clock, parse_hours
from okienko.kernel.slots.models import MOST_PLACES, Resource
from okienko.kernel.slots.rules import WEEKDAYS
from okienko.kernel.units.models import Location, Unit
from okienko.ui.forms import DateField, Form, WholeNumberField

CLOSED = "closed"
LANGUAGES = ("pl", "en", "uk")
MOST_HOURS, MOST_REMINDERS = 720, 5
SERVICE = ("title", "code", "description", "category", "status", "minutes", "nearest_days", "farthest_days",
           "hold_minutes", "offer_minutes", "confirm_by", "confirm_over", "confirm_minutes", "remind_over", "most_per_person",
           "most_holds", "version")  # fmt: skip


class Counters(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, counter: Resource) -> str:
        where = counter.location or counter.unit
        return f"{counter.name} ({where.name})"


class Thanks(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, max_length=1000, widget=widget, **kwargs)


class CategoryForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ServiceForm(Form):
    PARTS: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (gettext_lazy("What it is"), ("title", "code", "description", "category", "status")),
        (gettext_lazy("Length and counters"), ("minutes", "counters")),
        (gettext_lazy("When it can be booked"), ("nearest_days", "farthest_days", "hold_minutes", "offer_minutes")),
        (gettext_lazy("Confirming"), ("confirm_by", "confirm_over", "confirm_minutes")),
        (gettext_lazy("Reminders"), ("remind_hours", "remind_over")),
        (gettext_lazy("What the resident reads at the end"), ("thanks_pl", "thanks_en", "thanks_uk")),
        (gettext_lazy("Limits"), ("most_per_person", "most_holds")),
    )  # fmt: skip

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("It stands in the address. Left empty, it is made from the title."),
    )
    description = forms.CharField(
        label=gettext_lazy("What to know and bring"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(),
        label=gettext_lazy("Category"),
        required=False,
        empty_label=gettext_lazy("– none –"),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=Service.Status.choices,
        help_text=gettext_lazy("Residents see only what is published."),
    )
    minutes = WholeNumberField(label=gettext_lazy("Length of a visit (minutes)"), min_value=1, max_value=480)
    counters = Counters(
        Resource.objects.none(),
        label=gettext_lazy("Counters where it is handled"),
        required=False,
    )
    nearest_days = WholeNumberField(
        label=gettext_lazy("Nearest day that can be booked, counted from today"),
        min_value=0,
        max_value=366,
        initial=0,
    )
    farthest_days = WholeNumberField(
        label=gettext_lazy("Farthest day that can be booked, counted from today"),
        min_value=0,
        max_value=366,
        initial=30,
    )
    hold_minutes = WholeNumberField(
        label=gettext_lazy("Time to fill in the form (minutes)"), min_value=1, max_value=60, initial=5
    )
    offer_minutes = WholeNumberField(
        label=gettext_lazy("How long a freed time is kept for whoever waits for an earlier one (minutes)"),
        min_value=5,
        max_value=1440,
        initial=60,
    )
    confirm_by = forms.ChoiceField(
        label=gettext_lazy("Confirming"), choices=Service.ConfirmBy.choices, widget=forms.RadioSelect
    )
    confirm_over = forms.ChoiceField(
        label=gettext_lazy("What the link or the PIN is sent by"),
        choices=Service.SentBy.choices,
        initial=Service.SentBy.EMAIL,
        widget=forms.RadioSelect,
    )
    confirm_minutes = WholeNumberField(
        label=gettext_lazy("Time to confirm (minutes)"), min_value=5, max_value=2880, initial=60
    )
    remind_hours = forms.CharField(
        label=gettext_lazy("Reminders, hours before the visit"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("For example: 24, 2. Left empty, nobody is reminded."),
    )
    remind_over = forms.ChoiceField(
        label=gettext_lazy("What reminders are sent by"),
        choices=Service.SentBy.choices,
        initial=Service.SentBy.EMAIL,
        widget=forms.RadioSelect,
    )
    thanks_pl = Thanks(label=gettext_lazy("What the page says when the visit is booked, in Polish"))
    thanks_en = Thanks(label=gettext_lazy("The same in English"))
    thanks_uk = Thanks(label=gettext_lazy("The same in Ukrainian"))
    most_per_person = WholeNumberField(
        label=gettext_lazy("Most visits ahead on one e-mail or phone"), min_value=1, max_value=999, initial=3
    )
    most_holds = WholeNumberField(
        label=gettext_lazy("Most times that one network address may hold within an hour"),
        min_value=1,
        max_value=9999,
        initial=30,
        help_text=gettext_lazy(
            "Many people may share one address. Staff who book for others are not counted."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, counters: QuerySet[Resource], lengths: dict[int, int | None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["counters"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101
        field.queryset = counters
        self.lengths_of = {f"length_{counter.pk}": counter.pk for counter in counters}
        for counter in counters:
            own = WholeNumberField(
                label=format_lazy(
                    "{name} ({place})", name=counter.name, place=counter.location or counter.unit
                ),
                min_value=1,
                max_value=480,
                required=False,
                initial=lengths.get(counter.pk),
            )
            self.fields[f"length_{counter.pk}"] = own
            self.prepare(own)

    def parts(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """What belongs together, under what it is about."""
        for heading, names in self.PARTS:
            yield str(heading), "", [self[name] for name in names]
            if "counters" in names and self.lengths_of:
                yield (
                    _("Where a visit takes longer or shorter (minutes)"),
                    _("Leave empty where it takes as long as everywhere."),
                    [self[name] for name in self.lengths_of],
                )

    def clean_remind_hours(self) -> list[int]:
        given = self.cleaned_data["remind_hours"].replace(",", " ").split()
        if not all(one.isascii() and one.isdigit() and 1 <= int(one) <= MOST_HOURS for one in given):
            raise ValidationError(_("Give whole hours from 1 to 720, such as 24, 2."))
        if len(set(given)) > MOST_REMINDERS:
            raise ValidationError(_("Five reminders are the most."))
        return sorted({int(one) for one in given}, reverse=True)

    def clean_code(self) -> str:
        given: str = self.cleaned_data["code"]
        return given or slugify(fold(self.cleaned_data.get("title", "")))[:40].strip("-")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        nearest, farthest = given.get("nearest_days"), given.get("farthest_days")
        if nearest is not None and farthest is not None and farthest < nearest:
            self.add_error("farthest_days", ValidationError(_("The farthest day is before the nearest.")))
        return given

    def details(self) -> tuple[dict[str, Any], dict[int, int | None]]:
        """The service itself, and its length at each counter where it is another."""
        given = dict(self.cleaned_data)
        lengths = {pk: given.pop(name) for name, pk in self.lengths_of.items()}
        texts = {language: given.pop(f"thanks_{language}") for language in LANGUAGES}
        given["thanks"] = {language: text for language, text in texts.items() if text}
        return given, lengths

    @staticmethod
    def values_of(service: Service) -> dict[str, Any]:
        """As they stand, the way the form asks for them."""
        return {
            **{name: getattr(service, name) for name in SERVICE},
            "remind_hours": ", ".join(map(str, service.remind_hours)),
            **{f"thanks_{language}": service.thanks.get(language, "") for language in LANGUAGES},
        }


class CounterForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Name or symbol"),
        max_length=100,
        help_text=gettext_lazy("As it stands on the door: Counter 3, room 112."),
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Unit"), empty_label=None)
    location = forms.ModelChoiceField(Location.objects.none(), label=gettext_lazy("Place"), empty_label=None)
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        label=gettext_lazy("Work calendar"),
        empty_label=gettext_lazy("– none: every day –"),
        required=False,
        help_text=gettext_lazy("Its days off and statutory holidays are not offered."),
    )
    priority = WholeNumberField(
        label=gettext_lazy("Priority"),
        min_value=0,
        max_value=32767,
        initial=100,
        help_text=gettext_lazy(
            "When several counters are free at the same time, the visit goes to the one with the smallest number."
        ),
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    services = forms.ModelMultipleChoiceField(
        Service.objects.none(),
        label=gettext_lazy("What is handled here"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Switch off although visits are booked here; I will move or cancel them next"),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        units: QuerySet[Unit],
        locations: QuerySet[Location],
        calendars: QuerySet[Calendar],
        services: QuerySet[Service] | None,
        booked: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("unit", units),
            ("location", locations),
            ("calendar", calendars),
            ("services", services),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            if choices is not None:
                field.queryset = choices
        if services is None:
            del self.fields["services"]
        if not booked:
            del self.fields["sure"]
        self.booked = booked

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.booked and not given.get("active") and not given.pop("sure", False):
            self.add_error(
                "sure",
                ValidationError(
                    _("Visits are booked here for the days ahead: %(number)d. They do not vanish."),
                    params={"number": self.booked},
                ),
            )
        given.pop("sure", None)
        return given


class TemplateForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    step = WholeNumberField(
        label=gettext_lazy("A visit begins every (minutes)"), min_value=1, max_value=1440, initial=15
    )
    pause = WholeNumberField(
        label=gettext_lazy("Pause between visits (minutes)"), min_value=0, max_value=480, initial=0
    )
    places = WholeNumberField(
        label=gettext_lazy("Places at the same time"), min_value=1, max_value=MOST_PLACES, initial=1
    )
    kept_back = WholeNumberField(
        label=gettext_lazy("Share kept for walk-ins and the phone (%)"),
        min_value=0,
        max_value=100,
        initial=0,
        help_text=gettext_lazy(
            "So many of a hundred times are not offered on the web, spread over the day. Staff can book them."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in zip(WEEKDAYS, words.WEEKDAYS, strict=True):
            self.fields[code] = HoursField(label=name, required=False)
            self.prepare(self.fields[code])
        self.order_fields(["name", *WEEKDAYS])

    def weekdays(self) -> Iterator[forms.BoundField]:
        return (self[code] for code in WEEKDAYS)

    def others(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in ("step", "pause", "places", "kept_back"))

    def clean(self) -> dict[str, Any]:
        if not self.errors and not any(self.cleaned_data[code] for code in WEEKDAYS):
            self.add_error("mon", ValidationError(_("Give the hours of at least one day.")))
        return self.cleaned_data

    def details(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        hours = {code: given.pop(code) for code in WEEKDAYS}
        given["week"] = {
            code: [[clock(opens), clock(closes)] for opens, closes in pairs]
            for code, pairs in hours.items()
            if pairs
        }
        return given

    @staticmethod
    def values_of(template: HoursTemplate) -> dict[str, Any]:
        values = {**template.hours(), "name": template.name, "version": template.version}
        week = values.pop("week")
        return {**values, **{code: parse_hours(pairs, code) for code, pairs in week.items()}}


class LayHoursForm(Form):
    what = forms.ChoiceField(label=gettext_lazy("Hours"), widget=forms.RadioSelect)
    counters = Counters(Resource.objects.none(), label=gettext_lazy("Counters"))
    first = DateField(label=gettext_lazy("First day"))
    last = DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy(
            "The same as the first for an exception of one day. Empty: until further notice."
        ),
    )

    def __init__(
        self, *args: Any, templates: QuerySet[HoursTemplate], counters: QuerySet[Resource], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        what, where = self.fields["what"], self.fields["counters"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101
        assert isinstance(where, forms.ModelMultipleChoiceField)  # noqa: S101
        self.templates = {str(one.pk): one for one in templates}
        what.choices = [
            *((pk, one.name) for pk, one in self.templates.items()),
            (CLOSED, _("nobody receives on these days")),
        ]
        where.queryset = counters

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", ValidationError(_("The last day is before the first.")))
        return self.cleaned_data

    @property
    def template(self) -> HoursTemplate | None:
        return self.templates.get(self.cleaned_data["what"])

    def days(self) -> tuple[date, date | None]:
        return self.cleaned_data["first"], self.cleaned_data["last"]
