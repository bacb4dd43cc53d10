from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from ninja import NinjaAPI

from okienko.base.decisions import Missing
from okienko.kernel.calendars.api import router
from okienko.site.urls import urlpatterns as assembled

api = NinjaAPI(urls_namespace="calendars-under-test", title="Calendars", version="1")
api.add_router("", router)


@api.exception_handler(Missing)
def missing(request: HttpRequest, error: type[Missing]) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [
    *assembled,
    path("", include("okienko.kernel.calendars.urls")),
    path("api-under-test/", api.urls),
]
