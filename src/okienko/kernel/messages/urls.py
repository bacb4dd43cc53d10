from __future__ import annotations

from django.urls import path

from okienko.kernel.messages.views import incoming, outgoing, reports, settings, texts

app_name = "office_messages"
urlpatterns = [
    path("", outgoing.sent, name="list"),
    path("niedoreczone/", outgoing.troubles, name="troubles"),
    path("niedoreczone/ponow/", outgoing.again_many, name="again_many"),
    path("<int:message_id>/", outgoing.message, name="message"),
    path("<int:message_id>/ponow/", outgoing.again, name="again"),
    path("poczta/", incoming.mails, name="incoming"),
    path("poczta/<int:incoming_id>/", incoming.mail, name="mail"),
    path("poczta/<int:incoming_id>/zrodlo/", incoming.source, name="source"),
    path("poczta/<int:incoming_id>/przyjmij/", incoming.offer_again, name="offer_again"),
    path("poczta/<int:incoming_id>/odloz/", incoming.set_aside, name="set_aside"),
    path("teksty/", texts.templates, name="templates"),
    path("teksty/<str:code>/<str:language>/<str:variant>/", texts.template, name="template"),
    path("teksty/<str:code>/<str:language>/<str:variant>/oryginal/", texts.original, name="original"),
    path("teksty/<str:code>/<str:language>/<str:variant>/wersje/", texts.versions, name="versions"),
    path("ustawienia/", settings.settings, name="settings"),
    path("ustawienia/proba/", settings.try_out, name="try_out"),
    path("raport/<str:secret>/kannel/", reports.kannel, name="report_kannel"),
    path("raport/<str:secret>/json/", reports.http_json, name="report_json"),
]
