from __future__ import annotations

from django.urls import include, path

from okienko.site.urls import urlpatterns as of_the_site

urlpatterns = [*of_the_site, path("wiadomosci/", include("okienko.kernel.messages.urls"))]
