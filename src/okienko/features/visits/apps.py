from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "okienko.features.visits"
    label = "visits"

    def ready(self) -> None:
        from okienko.features.visits.notices import ABOUT, ALL
        from okienko.features.visits.retention import RULE
        from okienko.features.visits.rules import MORE_FOR_ROLES, PERMISSIONS
        from okienko.features.visits.sentences import SENTENCES, VALUES
        from okienko.kernel.consents import retention
        from okienko.kernel.history.words import say, say_values
        from okienko.kernel.messages import declaring
        from okienko.kernel.people.roles import extend, register

        register(PERMISSIONS)
        retention.register(RULE)
        for role, may in MORE_FOR_ROLES.items():
            extend(role, may)
        for notice in ALL:
            declaring.register(notice)
        declaring.about("visits.booking", ABOUT)
        say(SENTENCES)
        for name, values in VALUES.items():
            say_values(name, values, about="visit")
