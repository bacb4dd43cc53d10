from __future__ import annotations

from django.urls import include, path

from okienko.site.urls import urlpatterns as assembled

urlpatterns = [
    *assembled,
    path("", include("okienko.kernel.people.urls")),
    path("", include("okienko.kernel.consents.urls")),
]
