from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from okienko.features.visits.actions import Contact
from okienko.features.visits.forms.extra import ExtraFields
from okienko.features.visits.models import Service
from okienko.kernel.consents.forms import ConsentFields
from okienko.kernel.consents.rules import BOOKING
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Resource
from okienko.kernel.slots.queries import Free
from okienko.ui.forms import DateField, Form, PhoneField


class WhoForm(Form):
    """Who it is and how to reach them."""

    name = forms.CharField(
        label=gettext_lazy("First and last name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("We will write to you about this visit. Give an e-mail, a phone or both."),
    )
    phone = PhoneField(
        label=gettext_lazy("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        unreached = not given.get("email") and not given.get("phone")
        if unreached and not self.errors.keys() & {"email", "phone"}:
            self.add_error(
                "email", ValidationError(_("Give an e-mail or a phone, so that we can reach you."))
            )
        return given

    def contact(self, language: str) -> Contact:
        given = self.cleaned_data
        return Contact(given["name"], given["email"], given["phone"], language)


class ContactForm(ExtraFields, WhoForm):
    """Who comes, and what the service asks beside."""

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_extra(service.extra_fields.all(), get_language() or "pl")


class Trapped(Form):
    """With a field that people do not see; programs that fill in whatever there is do."""

    homepage = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def to_fill_in(self) -> Iterator[forms.BoundField]:
        return (bound for bound in self if bound.name != "homepage")

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise ValidationError(_("Empty this field: it is there only to stop programs that send forms."))
        return ""


_CONFIRMING = {
    Service.ConfirmBy.LINK: gettext_lazy(
        "We will send you a link to confirm the visit. Give an e-mail, a phone or both."
    ),
    Service.ConfirmBy.PIN: gettext_lazy(
        "We will send you a PIN to confirm the visit. Give an e-mail, a phone or both."
    ),
}


class BookingForm(ConsentFields, Trapped, ContactForm):
    """A resident's own form, with the consents in force."""

    about_the_reader = True
    consent_group = BOOKING

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, service=service, **kwargs)
        if service.confirm_by != Service.ConfirmBy.NONE:
            self.fields["email"].help_text = _CONFIRMING[Service.ConfirmBy(service.confirm_by)]


class PhoneBookingForm(ContactForm):
    """The same on the clerk's screen, with the times that are free."""

    start = forms.TypedChoiceField(
        label=gettext_lazy("Free times"), coerce=datetime.fromisoformat, widget=forms.RadioSelect
    )
    account = forms.TypedChoiceField(
        label=gettext_lazy("Whose account"),
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The visit will be among their own."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the messages"), choices=settings.LANGUAGES, required=False
    )
    over_limit = forms.BooleanField(
        label=gettext_lazy("Book nevertheless: they have as many visits as one may have"), required=False
    )
    field_order = ["start", "account", "name", "phone", "email", "language"]

    def __init__(
        self, *args: Any, times: list[tuple[str, str]], accounts: Sequence[Person] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, times)
        self.accounts = {one.pk: one for one in accounts}
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [
            ("", _("none")),
            *((str(one.pk), f"{one.name}, {one.email}") for one in accounts),
        ]
        if not accounts:
            del self.fields["account"]
        self.limit_field = self.fields["over_limit"]
        if "over_limit" not in self.data:
            del self.fields["over_limit"]

    def warn_of_limit(self) -> None:
        """Only now is there something to decide."""
        self.fields.setdefault("over_limit", self.limit_field)

    def details(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "answers": self.answers(),
            "person": self.accounts.get(given.get("account") or 0),
            "over_limit": given.get("over_limit", False),
        }


def offer(form: Form, times: list[tuple[str, str]]) -> None:
    start = form.fields["start"]
    assert isinstance(start, forms.ChoiceField)  # noqa: S101
    start.choices = times
    start.error_messages["invalid_choice"] = _("This time is not free any more. Choose another.")


def choices_of(free: Iterable[Free], counters: Iterable[Resource]) -> list[tuple[str, str]]:
    """Each time in words; where the counters are in several places, with those in which it is free."""
    where = {one.pk: str(one.location or one.unit) for one in counters}
    several = len(set(where.values())) > 1
    choices = []
    for one in free:
        words = formats.date_format(timezone.localtime(one.start), "l, j E, H:i")
        if several:
            words += f" ({', '.join(dict.fromkeys(where[pk] for pk in one.resource_ids))})"
        choices.append((one.start.isoformat(), words))
    return choices


class DayForm(Form):
    """The day that is looked at, in the address; what is not understood is said, and today is shown."""

    dzien = DateField(label=gettext_lazy("Day"), required=False)

    @classmethod
    def asked(cls, given: Mapping[str, str], today: date) -> tuple[Self, date]:
        form = cls({"dzien": given.get("dzien", "")})
        if not form.is_valid():
            return form, today
        day = form.cleaned_data["dzien"] or today
        return cls(initial={"dzien": day}), day


class MoveForm(Form):
    start = forms.TypedChoiceField(
        label=gettext_lazy("Free times"), coerce=datetime.fromisoformat, widget=forms.RadioSelect
    )
    why = forms.CharField(
        label=gettext_lazy("Why? The resident will be told."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, times: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, times)


class PinForm(Form):
    code = forms.CharField(
        label=gettext_lazy("PIN from the message"),
        max_length=20,
        help_text=gettext_lazy("Six digits."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class CancelForm(Form):
    why = forms.CharField(
        label=gettext_lazy("Why? The resident will be told."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
