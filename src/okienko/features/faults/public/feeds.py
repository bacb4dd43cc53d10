"""What everybody may see of reports, for readers of news and for programs that draw maps."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from okienko.features.faults.models import Report
from okienko.features.faults.public import queries
from okienko.ui.forms.cleaning import clean_text

NEWEST, MOST_FEATURES = 100, 1000


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("category", "area", "before")}


def _address(report: Report) -> str:
    return settings.PUBLIC_ADDRESS + reverse("faults:public", args=[report.case.number])


def _title(report: Report) -> str:
    where = report.public_address or (report.area.name if report.area else "")
    return f"{report.category}: {where}" if where else str(report.category)


def rss(request: HttpRequest) -> HttpResponse:
    feed = Rss201rev2Feed(
        title=_("What has been reported"),
        link=settings.PUBLIC_ADDRESS + reverse("faults:map"),
        description=_("All that we are working on now, newest first."),
        language=get_language(),
        feed_url=settings.PUBLIC_ADDRESS + request.get_full_path(),
    )
    for report in queries.newest(**_asked(request))[:NEWEST]:
        feed.add_item(
            # One sign that XML cannot hold would leave every reader without the feed.
            title=clean_text(_title(report)),
            link=_address(report),
            description=clean_text(report.public_text) or report.case.state_said,
            unique_id=_address(report),
            pubdate=report.case.received_at,
            updateddate=report.case.changed_at,
            categories=[report.category.name],
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def geojson(request: HttpRequest) -> JsonResponse:
    """Page by page: `before` is the `id` of the last one of the page before."""
    features = []
    for report in queries.newest(**_asked(request))[:MOST_FEATURES]:
        point = report.public_position
        shape = {"type": "Point", "coordinates": [point[1], point[0]]} if point else None
        told = {
            "number": report.case.number,
            "category": report.category.name,
            "category_code": report.category.code,
            "state": report.case.state_said,
            "received_at": report.case.received_at,
            "changed_at": report.case.changed_at,
            "address": report.public_address,
            "area": report.area.name if report.area else "",
            "text": report.public_text,
            "url": _address(report),
        }
        features.append({"type": "Feature", "id": report.pk, "geometry": shape, "properties": told})
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["Content-Type"] = "application/geo+json"
    response["Access-Control-Allow-Origin"] = "*"
    return response
