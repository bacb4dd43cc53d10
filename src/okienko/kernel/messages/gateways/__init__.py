"""The ways out: chosen by settings, one for each channel."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from okienko.kernel.messages.gateways.folder import Folder
from okienko.kernel.messages.gateways.http_json import HttpJson
from okienko.kernel.messages.gateways.kannel import Kannel
from okienko.kernel.messages.gateways.line import Gateway, Outcome
from okienko.kernel.messages.gateways.smtp import Smtp
from okienko.kernel.messages.models import Channel

__all__ = ["Gateway", "Outcome", "gateway_for"]


def gateway_for(channel: str) -> Gateway | None:
    """None in production without an address: messages wait until there is one, and are counted as waiting."""
    address = settings.SMTP_URL if channel == Channel.EMAIL else settings.SMS_URL
    if not address:
        return None if settings.PRODUCTION else Folder(settings.DATA / "mail")
    scheme = urlsplit(address).scheme
    if channel == Channel.EMAIL and scheme in ("smtp", "smtps"):
        return Smtp(address)
    if channel == Channel.SMS and scheme in ("https+json", "http+json"):
        return HttpJson(address)
    if channel == Channel.SMS and scheme in ("kannel", "kannels"):
        return Kannel(address)
    raise ImproperlyConfigured(f"messages by {channel} cannot go out by {scheme}://")
