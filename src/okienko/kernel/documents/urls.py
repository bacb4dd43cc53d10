from __future__ import annotations

from django.urls import path

from okienko.kernel.documents import views

app_name = "documents"
urlpatterns = [
    path("<int:document_id>/", views.download, name="download"),
    path("<int:document_id>/miniatura/", views.thumbnail, name="thumbnail"),
]
