from __future__ import annotations

from django.urls import path

from okienko.features.faults.joining import views

app_name = "joining"
urlpatterns = [
    path("przystapienia/", views.joinings, name="joinings"),
    path("przystapienia/nowe/", views.join, name="join"),
    path("przystapienia/wspoladministratorzy.<slug:form>", views.register, name="register"),
    path("przystapienia/<int:joining_id>/", views.joining, name="joining"),
    path("przystapienia/<int:joining_id>/zmiana/", views.change, name="change"),
    path("przystapienia/<int:joining_id>/formularz.<slug:form>", views.blank, name="form"),
    path("przystapienia/plik/<int:submission_id>/", views.submission, name="submission"),
]
