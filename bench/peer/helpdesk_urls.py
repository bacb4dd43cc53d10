# mypy: disable-error-code="import-not-found, import-untyped"

from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
