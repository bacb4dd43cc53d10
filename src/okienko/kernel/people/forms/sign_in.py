"""The forms of sign-in: what they check is allauth's, how they speak is ours. Named in ACCOUNT_FORMS and MFA_FORMS."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

from okienko.ui.forms.words import plain_messages


class InPlainWords:
    """No bubbles of the browser, no labels inside fields, no limits that cut off what is pasted."""

    fields: dict[str, Any]
    use_required_attribute: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for field in self.fields.values():
            plain_messages(field)
            for name in ("placeholder", "maxlength", "minlength"):
                field.widget.attrs.pop(name, None)


class SignInForm(InPlainWords, account.LoginForm):  # type: ignore[misc]
    pass


class SignUpForm(InPlainWords, account.SignupForm):  # type: ignore[misc]
    pass


class ForgottenPasswordForm(InPlainWords, account.ResetPasswordForm):  # type: ignore[misc]
    pass


class PasswordByLinkForm(InPlainWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    def save(self) -> None:
        """Whoever has the link reads this mailbox: an invited person need not prove it once more."""
        super().save()
        EmailAddress.objects.update_or_create(
            user=self.user, email=self.user.email.lower(), defaults={"verified": True, "primary": True}
        )


class ChangePasswordForm(InPlainWords, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(InPlainWords, account.SetPasswordForm):  # type: ignore[misc]
    pass


class EmailCodeForm(InPlainWords, account.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    pass


class PasswordAgainForm(InPlainWords, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorForm(InPlainWords, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgainForm(InPlainWords, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateAppForm(InPlainWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    pass


class AddPasskeyForm(InPlainWords, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """Every key can sign in by itself, so there is nothing to choose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"].label = _("Name of the passkey, so that you can tell it from others")


class RenamePasskeyForm(InPlainWords, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey, so that you can tell it from others")
