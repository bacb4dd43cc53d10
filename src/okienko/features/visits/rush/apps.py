from django.apps import AppConfig


class RushConfig(AppConfig):
    name = "okienko.features.visits.rush"
    label = "rush"

    def ready(self) -> None:
        from okienko.features.visits.rush.retention import RULE
        from okienko.features.visits.rush.sentences import SENTENCES
        from okienko.kernel.consents import retention
        from okienko.kernel.history.words import say

        say(SENTENCES)
        retention.register(RULE)
