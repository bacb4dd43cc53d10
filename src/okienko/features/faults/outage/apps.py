from django.apps import AppConfig


class OutageConfig(AppConfig):
    name = "okienko.features.faults.outage"
    label = "outage"

    def ready(self) -> None:
        from okienko.features.faults.outage.queries import PACK, pack_seen_by
        from okienko.features.faults.outage.rules import MORE_FOR_ROLES, PERMISSIONS
        from okienko.features.faults.outage.sentences import SENTENCES
        from okienko.kernel.documents.queries import seen_through
        from okienko.kernel.history.words import say
        from okienko.kernel.people.roles import extend, register

        register(PERMISSIONS)
        for role, may in MORE_FOR_ROLES.items():
            extend(role, may)
        say(SENTENCES)
        seen_through(PACK, pack_seen_by)
