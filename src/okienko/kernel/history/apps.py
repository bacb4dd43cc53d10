from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "okienko.kernel.history"
    label = "history"
