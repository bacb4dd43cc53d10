"""What the page of components shows: invented, and the same every day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.decisions import Refused
from okienko.base.time import WARSAW
from okienko.ui.forms import (
    DateField,
    DateTimeField,
    Form,
    MoneyField,
    PhotosField,
    TimeField,
    WholeNumberField,
)
from okienko.ui.grids import DayOfSlots, Month, Slot, month_of, week_of
from okienko.ui.icons import PATHS
from okienko.ui.lists import (
    BulkAction,
    Column,
    Cursor,
    Definition,
    Filter,
    ListPage,
    ListRequest,
    SavedView,
    Total,
)
from okienko.ui.templatetags.ui import badge

TODAY = date(2026, 12, 3)
NOW = datetime(2026, 12, 3, 10, 15, tzinfo=WARSAW)
SHOWN = 137

CHANNELS = (
    ("post", gettext_lazy("By post")),
    ("mail", gettext_lazy("By e-mail")),
    ("desk", gettext_lazy("At the desk")),
)


class ExampleForm(Form):
    about_the_reader = True

    full_name = forms.CharField(
        label=gettext_lazy("First and last name"), help_text=gettext_lazy("As in your document.")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    what = forms.CharField(
        label=gettext_lazy("What is it about?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    district = forms.ChoiceField(
        label=gettext_lazy("District"), choices=(("", "–"), ("n", "Nadrzecze"), ("l", "Leśna Góra"))
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How should we answer?"), choices=CHANNELS, widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("When can we call?"),
        choices=(
            ("morning", gettext_lazy("In the morning")),
            ("afternoon", gettext_lazy("In the afternoon")),
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    day = DateField(
        label=gettext_lazy("Day"),
        help_text=gettext_lazy("For example 3.12.2026, or: tomorrow."),
        latest=date(2027, 6, 30),
    )
    hour = TimeField(label=gettext_lazy("Hour"), required=False)
    seen = DateTimeField(label=gettext_lazy("When did you see it?"))
    people = WholeNumberField(label=gettext_lazy("How many people?"), min_value=1, max_value=20)
    fee = MoneyField(label=gettext_lazy("Fee"), required=False)
    photos = PhotosField(label=gettext_lazy("Photos"), required=False, limit=5)
    consent = forms.BooleanField(label=gettext_lazy("I have read how my data are used."))


@dataclass(frozen=True, slots=True)
class Case:
    number: int
    title: str
    opened: datetime
    holder: str
    fee: Decimal
    late: bool


def _late(case: Case, late: bool) -> str:
    return badge(_("late"), "late") if late else badge(_("in time"), "good")


LIST = Definition(
    columns=(
        Column("number", gettext_lazy("Number"), "number", sort="number", fixed=True, align="end"),
        Column("title", gettext_lazy("Matter"), "title", sort="title"),
        Column("opened", gettext_lazy("Opened"), "opened", sort="opened"),
        Column("holder", gettext_lazy("Who has it"), "holder"),
        Column("late", gettext_lazy("Late"), "late", show=_late),
        Column("fee", gettext_lazy("Fee"), "fee", align="end", default=False),
    ),
    filters=(
        Filter("late", gettext_lazy("Late"), kind="yes-no"),
        Filter(
            "holder",
            gettext_lazy("Who has it"),
            choices=(("anna", "Anna Przykładna"), ("jan", "Jan Wzorcowy")),
        ),
        Filter("opened", gettext_lazy("Opened"), kind="dates"),
    ),
    sort="-number",
    sizes=(10, 25),
)


def form(*, wrong: bool = False) -> ExampleForm:
    if not wrong:
        return ExampleForm(auto_id="new_%s", today=TODAY)
    typed = QueryDict(
        "full_name=Anna&email=anna-example&day=31.02.2026&seen_day=jutro&people=dwoje&channel=fax"
    )
    refused = ExampleForm(typed, {}, auto_id="wrong_%s", today=TODAY)
    refused.refuse(Refused(_("Somebody else was faster: this place has just been taken."), field=None))
    return refused


def rows() -> list[Case]:
    holders = ("Anna Przykładna", "Jan Wzorcowy")
    titles = (_("Hole in the road"), _("Broken street lamp"), _("Question about a tax"))
    return [
        Case(
            number,
            titles[number % 3],
            NOW - timedelta(hours=7 * number),
            holders[number % 2],
            Decimal(number * 5) / 2,
            number % 7 == 0,
        )
        for number in range(SHOWN, 0, -1)
    ]


def list_page(query: QueryDict) -> ListPage:
    asked = ListRequest.from_query(query, LIST, today=TODAY)
    cases = [case for case in rows() if _fits(case, asked)]
    if asked.sort is not None:
        column = asked.sort.column
        cases.sort(key=lambda case: (getattr(case, column), case.number), reverse=asked.sort.descending)
    start, end = _window(cases, asked)

    def place(case: Case) -> Cursor:
        return Cursor(asked.order, (case.number,))

    return ListPage(
        name="cases",
        title=_("Cases"),
        request=asked,
        rows=cases[start:end],
        total=Total(len(cases)),
        next=place(cases[end - 1]) if end < len(cases) else None,
        previous=place(cases[start]) if start > 0 else None,
        key_of=lambda case: str(case.number),
        name_of=lambda case: f"{case.number}, {case.title}",
        url_of=lambda case: f"?number={case.number}#list-cases",
        is_late=lambda case: case.late,
        views=[SavedView(_("Late ones"), "?late=yes", current=query.get("late") == "yes", shared=True)],
        exports=[("XLSX", reverse("ui:components")), ("CSV", reverse("ui:components"))],
        bulk=[BulkAction("pass-on", _("Pass on"), icon="send"), BulkAction("close", _("End"), icon="check")],
        bulk_url=reverse("ui:components"),
    )


def _fits(case: Case, asked: ListRequest) -> bool:
    if asked.search and asked.search.lower() not in case.title.lower():
        return False
    if "late" in asked.filters and case.late is not asked.filters["late"]:
        return False
    if "holder" in asked.filters and not case.holder.lower().startswith(asked.filters["holder"]):
        return False
    days = asked.filters.get("opened")
    opened = case.opened.date()
    return days is None or ((days.first or opened) <= opened <= (days.last or opened))


def _window(cases: list[Case], asked: ListRequest) -> tuple[int, int]:
    places: dict[Any, int] = {case.number: place for place, case in enumerate(cases)}
    start = 0
    if asked.after is not None:
        start = places.get(asked.after.values[-1], -1) + 1
    elif asked.before is not None:
        start = max(places.get(asked.before.values[-1], 0) - asked.size, 0)
    return start, min(start + asked.size, len(cases))


def month() -> Month:
    free = {date(2026, 12, day): day % 5 for day in range(4, 24)}
    address = reverse("ui:components")
    return month_of(
        2026,
        12,
        free,
        url=lambda day: f"{address}?day={day}",
        today=TODAY,
        selected=date(2026, 12, 9),
        next=address,
    )


def week() -> tuple[DayOfSlots, ...]:
    address = reverse("ui:components")
    slots = {
        date(2026, 12, 7 + day): [
            Slot(
                time(8 + hour, 30),
                "" if (hour + day) % 3 == 0 else f"{address}?at={hour}",
                selected=(day, hour) == (1, 1),
            )
            for hour in range(4)
        ]
        for day in range(5)
    }
    return week_of(date(2026, 12, 7), slots)


def context(query: QueryDict) -> dict[str, Any]:
    here = reverse("ui:components")
    return {
        "list": list_page(query),
        "form": form(),
        "wrong": form(wrong=True),
        "month": month(),
        "week": week(),
        "now": NOW,
        "until": NOW + timedelta(minutes=9, seconds=30),
        "icons": sorted(PATHS),
        "amount": Decimal("1234.50"),
        "breadcrumbs": [{"name": "Okienko", "url": "/"}, {"name": _("Components")}],
        "search_url": here,
        "navigation": [
            _entry(_("Components"), here, _("Work"), "columns", current=True),
            _entry(_("Cases"), f"{here}#list-cases", _("Work"), "inbox"),
            _entry(_("Calendars"), f"{here}#calendars", _("The office"), "calendar"),
            _entry(_("Keyboard"), reverse("ui:keyboard"), _("The office"), "keyboard"),
        ],
        "timeline": [
            {"at": NOW, "title": _("The repair is late"), "by": "Okienko", "icon": "alert", "kind": "late"},
            {
                "at": NOW - timedelta(days=1),
                "title": _("Passed on to the road unit"),
                "by": "Anna Przykładna",
                "text": _("A crew is needed."),
                "icon": "send",
            },
            {"at": NOW - timedelta(days=3), "title": _("Received"), "icon": "check", "kind": "good"},
        ],
        "summary": [
            {"name": _("Matter"), "value": _("Identity card"), "url": here},
            {"name": _("When"), "value": "9.12.2026, 9:30", "url": here},
            {"name": _("Where"), "value": "ul. Przykładowa 1, Nadrzecze"},
        ],
        "tabs": [
            {"name": _("All"), "url": here, "current": True, "count": SHOWN},
            {"name": _("Late ones"), "url": "?late=yes", "count": 19},
            {"name": _("Ended"), "url": "?sort=title"},
        ],
        "bars": [
            (_("Roads"), 61, "?late=yes"),
            (_("Lighting"), 42),
            (_("Waste and cleanliness"), 34),
            (_("Greenery"), 0),
        ],
        "lines": [
            (_("Received"), [("1.12", 12), ("2.12", 19), ("3.12", 7), ("4.12", 23)]),
            (_("Ended"), [("1.12", 9), ("2.12", 11), ("3.12", 14), ("4.12", 20)]),
        ],
        "parts": [(_("In time"), 81), (_("Late"), 12), (_("Still open"), 7)],
    }


def _entry(name: str, url: str, section: str, icon: str, *, current: bool = False) -> dict[str, Any]:
    return {"name": name, "url": url, "section": section, "icon": icon, "current": current}
