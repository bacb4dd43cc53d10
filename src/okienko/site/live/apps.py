from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "okienko.site.live"
    label = "live"
