from __future__ import annotations

from django.urls import path

from okienko.features.visits.rush import views

app_name = "rush"
urlpatterns = [
    path("kolejka/<slug:code>/", views.line, name="line"),
    path("kolejka/<slug:code>/miejsce/", views.take_place, name="take_place"),
    path("kolejka/<slug:code>/sprawdz/", views.check_again, name="check_again"),
    path("kolejka/<slug:code>/rezygnuje/", views.leave, name="leave"),
    path("kolejka-stan/<str:place>/", views.look, name="look"),
    path("kolejki/", views.lines, name="lines"),
    path("kolejki/<int:line_id>/", views.record, name="record"),
    path("ustawienia/uslugi/usluga/<slug:code>/nowe-terminy/", views.release, name="release"),
]
