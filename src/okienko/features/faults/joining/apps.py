from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "okienko.features.faults.joining"
    label = "joining"

    def ready(self) -> None:
        from okienko.features.faults.joining.models import Joining
        from okienko.features.faults.joining.queries import facts_of, seen_by
        from okienko.features.faults.joining.rules import MORE_FOR_ROLES, PERMISSIONS
        from okienko.features.faults.joining.sentences import SENTENCES
        from okienko.kernel.documents.queries import seen_through
        from okienko.kernel.history.words import say
        from okienko.kernel.people.roles import extend, register
        from okienko.kernel.units.facts import told_of_units

        register(PERMISSIONS)
        for role, may in MORE_FOR_ROLES.items():
            extend(role, may)
        say(SENTENCES)
        told_of_units(facts_of)
        seen_through(Joining._meta.label_lower, seen_by)
