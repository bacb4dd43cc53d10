from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "okienko.site"
    label = "okienko_site"

    def ready(self) -> None:
        from okienko.site.reactions import connect

        connect()
