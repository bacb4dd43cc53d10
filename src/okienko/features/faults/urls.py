from __future__ import annotations

from django.urls import path

from okienko.features.faults import views

app_name = "faults"
urlpatterns = [
    path("", views.report, name="report"),
    path("sledz/<str:key>/", views.follow, name="follow"),
    path("telefon/", views.by_phone, name="by_phone"),
    path("telefon/<str:number>/", views.read_out, name="read_out"),
]
