from __future__ import annotations

from django.urls import path

from okienko.features.visits.views import choosing, filling, office, own

app_name = "visits"
urlpatterns = [
    path("", choosing.choose, name="choose"),
    path("zatrzymaj/", choosing.hold, name="hold"),
    path("dane/", filling.data, name="data"),
    path("wiecej-czasu/", filling.extend, name="extend"),
    path("po-czasie/", choosing.over, name="over"),
    path("podsumowanie/", filling.summary, name="summary"),
    path("w/<str:secret>/", own.own, name="own"),
    path("w/<str:secret>/wizyta.ics", own.calendar_file, name="calendar_file"),
    path("w/<str:secret>/potwierdz/", own.confirm, name="confirm"),
    path("w/<str:secret>/odwolaj/", own.cancel, name="give_back"),
    path("w/<str:secret>/przenies/", own.move, name="move"),
    path("lista/", office.bookings, name="list"),
    path("lista/<str:number>/", office.booking, name="booking"),
    path("lista/<str:number>/odwolaj/", office.cancel, name="cancel"),
    path("umow/", office.by_phone, name="by_phone"),
    path("dzien/", office.day, name="day"),
]
