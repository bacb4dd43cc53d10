"""What is done with messages."""

from okienko.kernel.messages.actions.forgetting import forget
from okienko.kernel.messages.actions.incoming import offer_again, set_aside, settle, take_in
from okienko.kernel.messages.actions.outcomes import delivered_by_gateway
from okienko.kernel.messages.actions.sending import Attachment, Recipient, cancel, send, send_again
from okienko.kernel.messages.actions.texts import back_to_original, change_settings, change_text

__all__ = [
    "Attachment",
    "Recipient",
    "back_to_original",
    "cancel",
    "change_settings",
    "change_text",
    "delivered_by_gateway",
    "forget",
    "offer_again",
    "send",
    "send_again",
    "set_aside",
    "settle",
    "take_in",
]
