"""What sign-in writes to people. It goes past the outbox: whoever reads messages there must not read codes and links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.defaultfilters import date
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from okienko.ui import office

_NOT_ASKED_FOR = _("You did not ask for this? Then do nothing: without this e-mail nobody gets any further.")
_NOT_YOU = _(
    "Was it not you? Set a new password at once: %(new_password)s\n\n"
    "When: %(when)s\nAddress in the network: %(ip)s\nBrowser: %(user_agent)s"
)

# By the names that the library has for them; `asked` ends differently from what is told of a change.
ASKED: Mapping[str, tuple[Any, Any]] = {
    "email_confirmation": (
        _("Code for your e-mail address"),
        _("Copy this code to the page on which you gave this address:\n\n%(code)s"),
    ),
    "password_reset_key": (
        _("New password"),
        _("Set a new password here:\n\n%(password_reset_url)s"),
    ),
    "account_already_exists": (
        _("You have an account already"),
        _(
            "Somebody wanted to make an account with the address %(email)s, which has one already. "
            "If you do not remember the password, set a new one:\n\n%(password_reset_url)s"
        ),
    ),
    "unknown_account": (
        _("There is no account with this address"),
        _(
            "Somebody asked for a new password for the address %(email)s. There is no account with it. "
            "You can make one here:\n\n%(signup_url)s"
        ),
    ),
}
CHANGED: Mapping[str, tuple[Any, Any]] = {
    "email_changed": (
        _("Your e-mail address has been changed"),
        _("The address of your account has been changed from %(from_email)s to %(to_email)s."),
    ),
    "email_confirm": (
        _("Your e-mail address has been confirmed"),
        _("The address of your account is confirmed now."),
    ),
    "email_deleted": (
        _("An e-mail address has been removed"),
        _("The address %(deleted_email)s no longer belongs to your account."),
    ),
    "password_changed": (_("Your password has been changed"), _("Your password has been changed.")),
    "password_reset": (
        _("Your password has been changed"),
        _("Your password has been set anew by the link."),
    ),
    "password_set": (_("Your password has been set"), _("Your account has a password now.")),
    "recovery_codes_generated": (
        _("New recovery codes"),
        _("New recovery codes have been made for your account. Those from before no longer work."),
    ),
    "totp_activated": (
        _("App with codes switched on"),
        _("Signing in to your account now asks for a code from an app."),
    ),
    "totp_deactivated": (
        _("App with codes switched off"),
        _("Signing in to your account no longer asks for a code from an app."),
    ),
    "webauthn_added": (_("Passkey added"), _("A passkey has been added to your account.")),
    "webauthn_removed": (_("Passkey removed"), _("A passkey has been removed from your account.")),
}


def written(template: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text, in the language in which the page was read."""
    name = template.rpartition("/")[2].replace("confirmation_signup", "confirmation")
    if name in ASKED:
        (subject, text), ending = ASKED[name], _NOT_ASKED_FOR
    else:
        (subject, text), ending = CHANGED[name], _NOT_YOU
        known = {"when": date(timezone.localtime(values["timestamp"]), "DATETIME_FORMAT")}
        known["new_password"] = values["request"].build_absolute_uri(reverse("account_reset_password"))
        values = {**values, **known}
    parts = [str(text) % values, str(ending) % values, office.current().signature]
    return str(subject), "\n\n".join(filter(None, parts)) + "\n"
