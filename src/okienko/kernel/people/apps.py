from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "okienko.kernel.people"
    label = "people"

    def ready(self) -> None:
        from okienko.kernel.history.words import say
        from okienko.kernel.people.permissions import declare
        from okienko.kernel.people.sentences import SENTENCES

        declare()
        say(SENTENCES)
