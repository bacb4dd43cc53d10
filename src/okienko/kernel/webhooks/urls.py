from __future__ import annotations

from django.urls import path

from okienko.kernel.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.endpoints, name="endpoints"),
    path("nowy/", views.add, name="add"),
    path("<int:endpoint_id>/", views.change, name="change"),
    path("wysylka/<int:delivery_id>/ponow/", views.send_again, name="send_again"),
]
