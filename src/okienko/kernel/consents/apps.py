from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "okienko.kernel.consents"
    label = "consents"

    def ready(self) -> None:
        from okienko.kernel.consents import retention
        from okienko.kernel.consents.accounts import CLOSED_ACCOUNTS
        from okienko.kernel.consents.sentences import SENTENCES
        from okienko.kernel.history.words import say

        retention.register(CLOSED_ACCOUNTS)
        say(SENTENCES)
