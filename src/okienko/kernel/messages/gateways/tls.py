"""Whom the mail processes trust: the usual authorities, and an office's own where one is set."""

from __future__ import annotations

import ssl

from django.conf import settings
from django.core.mail.backends import smtp
from django.utils.functional import cached_property


def trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.CA_FILE:
        context.load_verify_locations(settings.CA_FILE)
    return context


class EmailBackend(smtp.EmailBackend):
    """For what sign-in sends by itself, with the same trust as all other mail."""

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        return trust()
