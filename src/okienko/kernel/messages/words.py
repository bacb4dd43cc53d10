"""What messages, their states and their troubles say to a reader."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.kernel.messages.rules.wording import WrongWording

SENTENCES = {
    "message.written": gettext_lazy("a message was written"),
    "message.cancelled": gettext_lazy("a message was cancelled before sending"),
    "message.sent_again": gettext_lazy("a message was sent again"),
    "message.delivered": gettext_lazy("a message was delivered"),
    "message.returned": gettext_lazy("a message came back"),
    "message.forgotten": gettext_lazy("texts and addresses of messages were removed"),
    "message.template_changed": gettext_lazy("the text of messages was changed"),
    "message.template_original": gettext_lazy("the text of messages went back to the original"),
    "message.settings_changed": gettext_lazy("the settings of messages were changed"),
    "mail.came": gettext_lazy("an e-mail came"),
    "mail.joined": gettext_lazy("an e-mail joined it"),
    "mail.taken": gettext_lazy("it was made of an e-mail"),
    "mail.untaken": gettext_lazy("nobody took the e-mail"),
    "mail.not_settled": gettext_lazy("the e-mail could not be placed yet"),
    "mail.set_aside": gettext_lazy("the e-mail was set aside"),
    "mail.offered_again": gettext_lazy("the e-mail was offered again"),
    "mail.forgotten": gettext_lazy("the content of e-mails was removed"),
    "fold_letters": gettext_lazy("text messages without Polish letters"),
    "reply_to": gettext_lazy("address for replies"),
    "notice": gettext_lazy("notice"),
    "language": gettext_lazy("language"),
    "body": gettext_lazy("text"),
    "sms": gettext_lazy("text message"),
    "messages": gettext_lazy("messages"),
}

_PROBLEMS = {
    "no-answer": gettext_lazy(
        "The connection broke while the message was being handed over, so it is not known whether it arrived. "
        "It is not sent again by itself, so that nobody gets it twice."
    ),
    "sender-died": gettext_lazy(
        "The sending process ended while the message was being handed over, so it is not known whether it arrived. "
        "It is not sent again by itself, so that nobody gets it twice."
    ),
    "too-big": gettext_lazy(
        "The mail is too big. Only its headers are here; the mail itself is still in the box."
    ),
    "address-letters": gettext_lazy("The mail server cannot send to an address with such letters."),
    "not-taken": gettext_lazy("The mail could not be made into a case."),
}


def problem(text: str) -> str:
    """The reason in words, and what the other side said as it said it."""
    code, _sep, said = text.partition(": ")
    if code not in _PROBLEMS:
        return text
    return f"{_PROBLEMS[code]} ({said})" if said else str(_PROBLEMS[code])


def wrong(refused: WrongWording) -> str:
    values = {"part": refused.part, "near": refused.near}
    match refused.code:
        case "unknown" if refused.near:
            return _("There is no placeholder “%(part)s”. Did you mean “%(near)s”?") % values
        case "unknown":
            return _("There is no placeholder “%(part)s”.") % values
        case "brace":
            return _("Braces are not closed here: %(part)s. Write a placeholder as {{name}}.") % values
        case "forms":
            return (
                _(
                    "Behind “%(part)s” this language needs %(near)s forms of the word, such as {{count|day|days}}."
                )
                % values
            )
        case "not-a-number":
            return _("“%(part)s” is not a number, so no forms of a word can follow it.") % values
    if refused.near:
        return _("“%(part)s” cannot be written like that. Possible are: %(near)s.") % values
    return _("“%(part)s” has only one form.") % values
