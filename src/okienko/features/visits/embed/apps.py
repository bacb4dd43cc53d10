from django.apps import AppConfig


class EmbedConfig(AppConfig):
    name = "okienko.features.visits.embed"
    label = "embed"

    def ready(self) -> None:
        from okienko.features.visits.embed.rules import MORE_FOR_ROLES, PERMISSIONS
        from okienko.features.visits.embed.sentences import SENTENCES
        from okienko.kernel.history.words import say
        from okienko.kernel.people.roles import extend, register

        register(PERMISSIONS)
        for role, may in MORE_FOR_ROLES.items():
            extend(role, may)
        say(SENTENCES)
