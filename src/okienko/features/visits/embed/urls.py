from __future__ import annotations

from django.urls import path

from okienko.features.visits.embed import views

app_name = "embed"
urlpatterns = [
    path("osadzone/okienko.js", views.script, name="script"),
    path("ustawienia/strony/", views.sites, name="sites"),
    path("ustawienia/strony/nowa/", views.site, name="add_site"),
    path("ustawienia/strony/<int:site_id>/", views.site, name="site"),
    path("ustawienia/strony/fragment/", views.snippet, name="snippet"),
]
