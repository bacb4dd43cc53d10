from __future__ import annotations

from django.urls import include, path

from okienko.site import views
from okienko.site.api.frame import api

handler500 = "okienko.site.failures.failed"

urlpatterns = [
    # What is asked for most is looked for first.
    path("ui/", include("okienko.ui.urls")),
    path("api/v1/", api.urls),
    path("", views.home, name="home"),
    path("praca/", views.work, name="work"),
    path("konto/", include("allauth.urls")),
    path("open311/v2/", include("okienko.features.faults.open311.urls")),
    path("zgloszenia/", include("okienko.features.faults.outage.urls")),
    path("zgloszenia/", include("okienko.features.faults.letters.urls")),
    path("zgloszenia/", include("okienko.features.faults.joining.urls")),
    path("zgloszenia/", include("okienko.features.faults.urls")),
    path("wizyty/", include("okienko.features.visits.desk.urls")),
    path("wizyty/", include("okienko.features.visits.rush.urls")),
    path("wizyty/", include("okienko.features.visits.embed.urls")),
    path("wizyty/", include("okienko.features.visits.urls")),
    path("sprawy/", include("okienko.kernel.cases.urls")),
    path("", include("okienko.kernel.calendars.urls")),
    path("", include("okienko.kernel.knowledge.urls")),
    path("", include("okienko.kernel.people.urls")),
    path("", include("okienko.kernel.office.urls")),
    path("", include("okienko.kernel.consents.urls")),
    path("webhooki/", include("okienko.kernel.webhooks.urls")),
    path("wiadomosci/", include("okienko.kernel.messages.urls")),
    path("dokumenty/", include("okienko.kernel.documents.urls")),
]
