from __future__ import annotations

from django.urls import path

from okienko.kernel.office import views

app_name = "office"
urlpatterns = [
    path("urzad/", views.office, name="office"),
    path("urzad/herb/", views.coat, name="coat"),
    path("herb/<str:mark>.png", views.coat_of_arms, name="coat_of_arms"),
]
