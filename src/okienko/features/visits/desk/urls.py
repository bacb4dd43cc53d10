from __future__ import annotations

from django.urls import path

from okienko.features.visits.desk import views

app_name = "desk"
urlpatterns = [
    path("kiosk/<str:key>/", views.kiosk, name="kiosk"),
    path("kiosk/<str:key>/numer/", views.take_number, name="take_number"),
    path("kiosk/<str:key>/numer/<int:number>/", views.number, name="number"),
    path("ekran/<str:key>/", views.display, name="display"),
    path("stanowiska/", views.counters, name="counters"),
    path("stanowiska/<int:counter_id>/", views.counter, name="counter"),
    path("statystyki/", views.figures, name="figures"),
    path("statystyki/<slug:table>.<slug:form>", views.figures_file, name="figures_file"),
    path("poczekalnie/", views.rooms, name="rooms"),
    path("poczekalnie/<int:location_id>/", views.room, name="room"),
]
