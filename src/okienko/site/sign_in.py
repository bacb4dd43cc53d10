"""How sign-in talks to the rest of the house."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from okienko.base import time
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.actions import sign_up
from okienko.kernel.people.models import Person
from okienko.ui.preferences import YEAR


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

    def new_user(self, request: HttpRequest) -> Person:
        """Only residents sign up themselves: staff are invited."""
        language = get_language()
        known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        return Person(kind=Person.Kind.RESIDENT, joined_at=time.now(), language=known)

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user = super().save_user(request, user, form, commit=False)
        return sign_up(user, by=Actor.resident(), at=user.joined_at) if commit else user

    def get_from_email(self) -> str:
        return settings.MAIL_FROM

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
