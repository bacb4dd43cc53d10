from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "okienko.kernel.office"
    label = "office"

    def ready(self) -> None:
        from okienko.kernel.history.words import say, say_shape
        from okienko.kernel.office.sentences import SENTENCES, coat_of_arms

        say(SENTENCES)
        say_shape("coat_of_arms", coat_of_arms)
