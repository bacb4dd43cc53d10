from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "okienko.features.faults.letters"
    label = "letters"

    def ready(self) -> None:
        from okienko.features.faults.letters.models import Letter
        from okienko.features.faults.letters.notices import NOTICES
        from okienko.features.faults.letters.reactions import forget_letters
        from okienko.features.faults.letters.sentences import SENTENCES
        from okienko.kernel.consents.retention import traces
        from okienko.kernel.history.words import say, say_values
        from okienko.kernel.messages import declaring

        for notice in NOTICES:
            declaring.register(notice)
        say(SENTENCES)
        say_values("kind", dict(Letter.Kind.choices), about="letter")
        traces(forget_letters)
