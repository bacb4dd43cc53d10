from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "okienko.kernel.people"
    label = "people"

    def ready(self) -> None:
        from okienko.kernel.history.words import say, say_shape
        from okienko.kernel.people import roles
        from okienko.kernel.people.permissions import declare
        from okienko.kernel.people.sentences import SENTENCES

        declare()
        say(SENTENCES)
        say_shape("role", roles.role_called)
        say_shape("scopes", roles.permission_called)
