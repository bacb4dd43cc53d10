from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "okienko.site.api"
    label = "api"

    def ready(self) -> None:
        from okienko.site.api.reactions import join

        join()
