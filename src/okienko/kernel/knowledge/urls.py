from __future__ import annotations

from django.urls import path

from okienko.kernel.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("szukaj/", views.search_page, name="search"),
    path("szukaj/podpowiedzi/", views.suggestions, name="suggestions"),
    path("wiedza/", views.articles, name="articles"),
    path("wiedza/nowy/", views.write, name="write"),
    path("wiedza/<int:article_id>/", views.article, name="article"),
    path("wiedza/<int:article_id>/zmiana/", views.change, name="change"),
    path("wiedza/<int:article_id>/opublikuj/", views.publish, name="publish"),
    path("wiedza/<int:article_id>/wycofaj/", views.withdraw, name="withdraw"),
]
