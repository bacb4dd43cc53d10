from __future__ import annotations

from django.urls import path, register_converter

from okienko.kernel.cases import procedure_pages, views


class NumberConverter:
    """Digits only, so that no procedure's code is taken for a number."""

    regex = "[0-9]{2,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "case_number")

app_name = "cases"
urlpatterns = [
    path("<case_number:number>/", views.case_page, name="case"),
    path("<case_number:number>/terminy/", views.deadlines, name="deadlines"),
    path("<case_number:number>/zmien/", views.change, name="change"),
    path("<case_number:number>/pliki/", views.attach, name="attach"),
    path("<case_number:number>/powiaz/", views.link, name="link"),
    path("<case_number:number>/scal/", views.merge, name="merge"),
    path("<case_number:number>/wydziel/", views.split, name="split"),
    path("<case_number:number>/krok/<slug:code>/", views.step, name="step"),
    path("<slug:procedure>/", views.case_list, name="list"),
    path("<slug:procedure>/procedura/", procedure_pages.procedure_page, name="procedure"),
    path("<slug:procedure>/procedura/<slug:code>/", procedure_pages.reckon_anew, name="reckon_anew"),
    path("<slug:procedure>/widok/", views.save_view, name="save_view"),
    path("<slug:procedure>/widok/<int:view_id>/usun/", views.forget_view, name="forget_view"),
    path("<slug:procedure>/wiele/", views.bulk, name="bulk"),
    path("<slug:procedure>/plik/<slug:form>/", views.export, name="export"),
]
