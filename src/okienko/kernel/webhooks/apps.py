from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "okienko.kernel.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from okienko.kernel.history import words
        from okienko.kernel.webhooks.sentences import SENTENCES

        words.say(SENTENCES)
