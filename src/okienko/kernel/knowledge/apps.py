from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "okienko.kernel.knowledge"
    label = "knowledge"

    def ready(self) -> None:
        from okienko.kernel.history import words
        from okienko.kernel.knowledge.sentences import SENTENCES
        from okienko.kernel.knowledge.sources import declare

        words.say(SENTENCES)
        declare()
