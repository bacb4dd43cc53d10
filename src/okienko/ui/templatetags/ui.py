"""The components, as tags: `{% load ui %}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.utils import formats
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, ngettext

from okienko.ui import addresses, charts, icons, moments, preferences
from okienko.ui import office as offices
from okienko.ui.forms.rendering import error_entries, field
from okienko.ui.grids import DayOfSlots, Month
from okienko.ui.icons import icon
from okienko.ui.markup import safe

register = template.Library()

BADGE_SIGNS = {"info": "info", "good": "check", "warning": "clock", "late": "alert"}
NOTICE_SIGNS = {
    "info": "info",
    "debug": "info",
    "good": "check",
    "success": "check",
    "warning": "alert",
    "late": "alert",
    "error": "alert",
}

_CURRENT = ' aria-current="page"'
HOUR = 3600


# --- The frame ----------------------------------------------------------------------------------------------


def _request(context: Context) -> HttpRequest | None:
    request = context.get("request")
    return request if isinstance(request, HttpRequest) else None


@register.simple_tag
def office() -> offices.Office:
    return offices.current()


@register.simple_tag
def outside_url(page: str, *args: object) -> str:
    """As `{% url %}`, but the same also on a page in a frame, whose own addresses begin otherwise."""
    return addresses.outside(page, *args)


@register.simple_tag(takes_context=True)
def first_page(context: Context) -> str:
    """Where to start again: of the office, or of the frame."""
    frame = getattr(_request(context), "frame", None)
    return frame.first_page if frame else offices.current().home


@register.simple_tag(takes_context=True)
def framed_in_languages(context: Context) -> Any:
    """This page of a frame in each language: a frame has no cookie to keep one."""
    request = _request(context)
    frame = getattr(request, "frame", None)
    return frame.in_languages(request) if frame else ()


@register.simple_tag(takes_context=True)
def preference(context: Context, name: str) -> str:
    return preferences.chosen(_request(context), name)


@register.simple_tag(takes_context=True)
def page_address(context: Context) -> str:
    """Where to come back to after a preference has been kept."""
    request = _request(context)
    return request.get_full_path() if request else "/"


@register.simple_tag
@cache
def languages_offered() -> list[tuple[str, str]]:
    """Each language by its own name: whoever looks for it may not read the present one."""
    names = [(code, get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES]
    return [(code, name[:1].upper() + name[1:]) for code, name in names]


@register.simple_tag(takes_context=True)
def navigation_entries(context: Context) -> SafeString:
    """Made once, since a page has them twice: at its side, and in the menu of a phone."""
    return mark_safe("".join(_sections(context.get("navigation") or ())))


def _sections(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    for section, inside in groupby(entries, itemgetter("section")):
        if section:
            yield f"<h2>{safe(section)}</h2>"
        items = "".join(
            f'<li><a href="{safe(entry["url"])}"{_CURRENT if entry["current"] else ""}>'
            f"{icon(entry['icon'])} {safe(entry['name'])}</a></li>"
            for entry in inside
        )
        yield f'<ul class="entries">{items}</ul>'


# --- Small things -------------------------------------------------------------------------------------------


register.simple_tag(icon)


@register.simple_tag
def button(
    text: str,
    *,
    kind: str = "",
    name: str = "",
    value: str = "",
    icon: str = "",
    url: str = "",
    type: str = "submit",  # noqa: A002  (as in the markup)
    dialog: str = "",
    form: str = "",
    disabled: bool = False,
    describe: str = "",
    shows: str = "",
) -> SafeString:
    """A button, or with `url` a link that looks like one; `dialog`: id of a dialog that stands for it; `shows`: id of
    what the same page then holds, and begins at."""
    if url:
        attributes = f' href="{safe(url)}"'
    else:
        attributes = f' type="{safe(type)}"'
        attributes += f' name="{safe(name)}" value="{safe(value)}"' if name else ""
        attributes += f' form="{safe(form)}"' if form else ""
        attributes += f' formaction="#{safe(shows)}"' if shows else ""
        attributes += " disabled" if disabled else ""
    attributes += f' data-dialog="{safe(dialog)}"' if dialog else ""
    more = f' <span class="unseen">{safe(describe)}</span>' if describe else ""
    shown = (icons.icon(icon) if icon else "") + (f"<span>{safe(text)}{more}</span>" if text else "")
    tag, look = "a" if url else "button", f"button {safe(kind)}" if kind else "button"
    return mark_safe(f'<{tag} class="{look}"{attributes}>{shown}</{tag}>')


@register.simple_tag
def badge(text: Any, kind: str = "neutral") -> SafeString:
    return _badge(conditional_escape(text), kind)


@lru_cache(maxsize=1000)
def _badge(text: SafeString, kind: str) -> SafeString:
    sign = icon(BADGE_SIGNS[kind]) if kind in BADGE_SIGNS else ""
    return format_html('<span class="badge {}">{}{}</span>', kind, sign, text)


@register.inclusion_tag("ui/parts/notice.html")
def notice(text: Any, kind: str = "info", title: str = "") -> dict[str, Any]:
    kind = kind.split()[-1] if kind else "info"
    return {"text": text, "kind": kind, "title": title, "sign": NOTICE_SIGNS.get(kind, "info")}


@register.inclusion_tag("ui/parts/empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "", icon: str = "inbox") -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "action": action, "sign": icon}


@register.inclusion_tag("ui/parts/copy.html")
def copy(text: Any, label: str = "") -> dict[str, Any]:
    return {"text": text, "label": label}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """Entries with `at`, `title` and perhaps `by`, `text`, `icon`, `kind`, `url`, in the order given."""
    return {"entries": entries}


@register.inclusion_tag("ui/parts/summary.html")
def summary(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows with `name`, `value` and perhaps `url` (to change it): what was told, before it is sent."""
    return {"rows": rows}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(entries: Iterable[Any], label: str) -> dict[str, Any]:
    """Entries with `name`, `url`, `current` and perhaps `count`."""
    return {"entries": entries, "label": label}


@register.inclusion_tag("ui/parts/steps.html")
def steps(current: int, total: int, name: str = "") -> dict[str, Any]:
    return {"current": current, "total": total, "name": name, "numbers": range(1, total + 1)}


@register.inclusion_tag("ui/parts/countdown.html")
def countdown(until: datetime, now: datetime, *, url: str = "", extend: str = "") -> dict[str, Any]:
    """Time left, counted on where scripts run, and above an hour in words; `url`: where to go after it, `extend`: where to ask for more."""
    left = max(int((until - now).total_seconds()), 0)
    clock = f"{left // 60}:{left % 60:02}" if left < HOUR else moments.hours_and_minutes(ceil(left / 60))
    return {"until": until, "left": left, "clock": clock, "url": url, "extend": extend}


# --- Forms --------------------------------------------------------------------------------------------------


register.simple_tag(field)


@register.simple_tag
def errors(form: BaseForm) -> str:
    """Stands above the form: what is to be corrected, each a link to its field."""
    return render_to_string("ui/parts/errors.html", {"entries": error_entries(form)})


# --- Values -------------------------------------------------------------------------------------------------


@register.simple_tag
def moment(at: datetime | date | None, form: str = "") -> str:
    """A date or a time of day as the reader writes it; `form` is "short", "date" or "time"."""
    return moments.writer(form)(at) if at else "–"


@register.simple_tag
def money(amount: Decimal | int | str, currency: str = "PLN") -> str:
    number = formats.number_format(
        Decimal(amount).quantize(Decimal("0.01")), use_l10n=True, force_grouping=True
    )
    shown = {"PLN": "zł", "EUR": "€"}.get(currency, currency)
    if get_language() == "en":
        return format_html('<span class="number">{} {}</span>', currency, number)
    return format_html('<span class="number">{} {}</span>', number, shown)


@register.simple_tag
def plural_days(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": formats.number_format(number)}


# --- Charts and calendars -----------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/bar_chart.html")
def bar_chart(
    series: Iterable[Any],
    *,
    title: str,
    text: str = "",
    unit: str = "",
    export: str = "",
    beside_table: bool = False,
) -> Any:
    """Labels and values, perhaps with the address of the list behind each number; `export`: the table as a file.

    `beside_table`: a heading and a table that say the same stand on the page already.
    """
    data = charts.data(series)
    drawn, height = charts.bars(data)
    drawing = {"bars": drawn, "height": height, "beside_table": beside_table}
    return _chart(title, text, unit, export, data) | drawing


@register.inclusion_tag("ui/parts/line_chart.html")
def line_chart(series: Iterable[Any], *, title: str, text: str = "", unit: str = "", export: str = "") -> Any:
    """Pairs of a name and its labels and values; all lines have the same labels."""
    named = [charts.Line(name, tuple(charts.data(points))) for name, points in series]
    drawn, ticks, words = charts.lines(named)
    rows = [
        (labels[0].label, [point.value for point in labels])
        for labels in zip(*(line.points for line in named), strict=True)
    ]
    return _chart(title, text, unit, export, []) | {
        "lines": drawn,
        "ticks": ticks,
        "words": words,
        "rows": rows,
    }


@register.inclusion_tag("ui/parts/donut.html")
def donut(series: Iterable[Any], *, title: str, text: str = "", unit: str = "", export: str = "") -> Any:
    data = charts.data(series)
    total = sum(datum.value for datum in data)
    return _chart(title, text, unit, export, data) | {"slices": charts.ring(data), "total": total}


def _chart(title: str, text: str, unit: str, export: str, data: list[charts.Datum]) -> dict[str, Any]:
    shown = {"title": title, "text": text, "unit": unit, "export": export}
    return shown | {"data": data, "id": charts.new_id()}


@register.inclusion_tag("ui/parts/month.html")
def month_grid(month: Month, title: str = "") -> dict[str, Any]:
    return {"month": month, "title": title, "weekdays": [day.date for day in month.weeks[0]]}


@register.inclusion_tag("ui/parts/week.html")
def week_grid(days: Iterable[DayOfSlots], title: str) -> dict[str, Any]:
    return {"days": days, "title": title}


@register.inclusion_tag("ui/parts/map.html")
def map_place(
    latitude: float | None = None, longitude: float | None = None, text: str = ""
) -> dict[str, Any]:
    """Where a map is drawn when there is one; until then, and for those who cannot see it, the place in words."""
    return {"latitude": latitude, "longitude": longitude, "text": text}


@register.filter
def unlocalised(number: float) -> str:
    """Numbers of drawings have a point in every language."""
    return f"{number:g}"


@register.simple_tag
def share(part: float) -> str:
    return f"{formats.number_format(round(part * 100, 1), use_l10n=True)}%"


@register.simple_tag
def chart_mark(number: int) -> str:
    """The shape of points of a line: lines are told apart without colours."""
    return charts.MARKS[number - 1]
