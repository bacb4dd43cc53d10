from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "okienko.kernel.messages"
    label = "office_messages"

    def ready(self) -> None:
        from okienko.base.events import subscribe
        from okienko.kernel.history import words
        from okienko.kernel.messages.declaring import register
        from okienko.kernel.messages.models import Channel
        from okienko.kernel.messages.notices import INVITED, TRIED
        from okienko.kernel.messages.reactions import invite_by_mail
        from okienko.kernel.messages.words import SENTENCES
        from okienko.kernel.people.events import StaffMemberInvited

        words.say(SENTENCES)
        words.say_values("channel", dict(Channel.choices), about="message")
        register(INVITED)
        register(TRIED)
        subscribe(StaffMemberInvited, invite_by_mail)
