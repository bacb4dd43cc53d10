from __future__ import annotations

from django.urls import path

from okienko.kernel.consents import views

app_name = "consents"
urlpatterns = [
    path("moje/zgody/", views.own, name="own"),
    path("moje/zgody/przyjecie/", views.accept, name="accept"),
    path("moje/zgody/<int:given_id>/wycofanie/", views.withdraw, name="withdraw"),
    path("zgody/", views.groups, name="groups"),
    path("zgody/grupa/", views.add_group, name="add_group"),
    path("zgody/grupa/<int:group_id>/tresc/", views.draft, name="draft"),
    path("zgody/grupa/<int:group_id>/tresc/<int:copied_id>/", views.draft, name="copy"),
    path("zgody/<int:text_id>/", views.text, name="text"),
    path("zgody/<int:text_id>/zmiana/", views.change, name="change"),
    path("zgody/<int:text_id>/ogloszenie/", views.publish, name="publish"),
    path("zgody/<int:text_id>/koniec/", views.end, name="end"),
    path("wglady/", views.asked_looks, name="looks"),
    path("retencja/", views.due, name="due"),
    path("retencja/<slug:code>/", views.due_by_rule, name="due_by_rule"),
]
