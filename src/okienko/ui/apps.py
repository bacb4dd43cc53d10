from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "okienko.ui"
    label = "okienko_ui"
