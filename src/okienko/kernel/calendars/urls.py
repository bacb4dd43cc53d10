from __future__ import annotations

from django.urls import path

from okienko.kernel.calendars import views

app_name = "calendars"

urlpatterns = [
    path("kalendarze/", views.calendars, name="calendars"),
    path("kalendarze/nowy/", views.add, name="add"),
    path("kalendarze/<int:calendar_id>/", views.calendar, name="calendar"),
    path("kalendarze/<int:calendar_id>/zmiana/", views.change, name="change"),
    path("terminy/", views.deadline, name="deadline"),
]
