from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "okienko.features.visits"
    label = "visits"

    def ready(self) -> None:
        from okienko.base.events import subscribe
        from okienko.features.visits import line_notices
        from okienko.features.visits.notices import ABOUT, ALL
        from okienko.features.visits.reactions import offer_to_the_next
        from okienko.features.visits.retention import RULE, WAITING_RULE
        from okienko.features.visits.rules import MORE_FOR_ROLES, PERMISSIONS
        from okienko.features.visits.sentences import SENTENCES, VALUES
        from okienko.kernel.consents import retention
        from okienko.kernel.history.words import say, say_values
        from okienko.kernel.messages import declaring
        from okienko.kernel.people.roles import extend, register
        from okienko.kernel.slots.events import HoursChanged, TimeFreed

        register(PERMISSIONS)
        retention.register(RULE)
        retention.register(WAITING_RULE)
        subscribe(TimeFreed, offer_to_the_next)
        subscribe(HoursChanged, offer_to_the_next)
        for role, may in MORE_FOR_ROLES.items():
            extend(role, may)
        for notice in (*ALL, *line_notices.ALL):
            declaring.register(notice)
        declaring.about("visits.booking", ABOUT)
        declaring.about("visits.waiting", line_notices.ABOUT)
        say(SENTENCES)
        for name, values in VALUES.items():
            say_values(name, values, about="visit")
