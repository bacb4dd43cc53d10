from __future__ import annotations

from django.urls import URLPattern, path

from okienko.ui import views

app_name = "ui"
urlpatterns: list[URLPattern] = [
    path("", views.components, name="components"),
    path("resident/", views.resident, name="resident"),
    path("keyboard/", views.keyboard, name="keyboard"),
    path("preferences/", views.preferences, name="preferences"),
    path("theme.css", views.theme, name="theme"),
    path("favicon.svg", views.favicon, name="favicon"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
