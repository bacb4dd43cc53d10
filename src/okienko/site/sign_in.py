"""How sign-in talks to the rest of the house."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from okienko.base import time
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.actions import sign_up
from okienko.kernel.people.models import Person
from okienko.kernel.people.network import caller
from okienko.site import sign_in_mails
from okienko.ui.preferences import YEAR

log = logging.getLogger(__name__)

MACHINE = {"Auto-Submitted": "auto-generated"}


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "That was not right. Copy the code that is shown now, or use the passkey once more."
        ),
    }


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address or the password is wrong. Check both and try again."
        ),
        "too_many_login_attempts": _(
            "There were too many wrong tries. Wait five minutes and try again, or set a new password."
        ),
        "rate_limited": _("There were too many tries. Wait a few minutes and try again."),
        "incorrect_code": _("This code is wrong or too old. Check it, or ask for a new one."),
        "incorrect_password": _("This password is wrong. Try again."),
        "enter_current_password": _("This is not your present password."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere here: behind a proxy not all are one, and nobody is another by writing a header."""
        try:
            return str(ip_address(caller(request)))
        except ValueError:  # a proxy that says more than the address
            return str(super().get_client_ip(request))

    def new_user(self, request: HttpRequest) -> Person:
        """Only residents sign up themselves: staff are invited."""
        language = get_language()
        known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        return Person(kind=Person.Kind.RESIDENT, joined_at=time.now(), language=known)

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user = super().save_user(request, user, form, commit=False)
        return sign_up(user, by=Actor.resident(), at=user.joined_at) if commit else user

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        subject, text = sign_in_mails.written(template_prefix, context)
        to = [email] if isinstance(email, str) else email
        return EmailMessage(subject, text, settings.MAIL_FROM, to, headers=MACHINE | (headers or {}))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Where mail cannot leave just now, what was done stays done, and the page says how it goes on."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            log.exception("a mail of sign-in could not be sent")
            messages.error(
                self.request, _("The e-mail could not be sent just now. Ask for it again in a few minutes.")
            )

    def post_login(self, request: HttpRequest, user: Person, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
        return response
