from __future__ import annotations

from django.urls import path

from okienko.features.faults.letters import views

app_name = "letters"
urlpatterns = [path("sprawa/<str:number>/pismo/<slug:kind>/", views.letter, name="letter")]
