from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "okienko.kernel.units"
    label = "units"

    def ready(self) -> None:
        from okienko.kernel.history.words import say
        from okienko.kernel.units.sentences import SENTENCES

        say(SENTENCES)
