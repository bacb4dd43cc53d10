from __future__ import annotations

from django.urls import path

from okienko.features.faults.outage import views

app_name = "outage"
urlpatterns = [
    path("przerwy/", views.outages, name="outages"),
    path("bez-systemu/", views.pack, name="pack"),
    path("bez-systemu/formularze.pdf", views.blank_forms, name="blank_forms"),
    path("przerwy/nowa/", views.declare, name="declare"),
    path("przerwy/<int:outage_id>/", views.outage, name="outage"),
    path("przerwy/<int:outage_id>/koniec/", views.end, name="end"),
    path("przerwy/<int:outage_id>/powiadomienie/", views.tell, name="tell"),
    path("przerwy/<int:outage_id>/zamkniecie/", views.close, name="close"),
    path("przerwy/<int:outage_id>/z-papieru/", views.enter, name="enter"),
]
