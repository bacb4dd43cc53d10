"""The fields that an office adds to the form of a service, each with its check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.numbers import business, people, things
from okienko.base.numbers.reading import Wrong
from okienko.features.visits import rules, words
from okienko.features.visits.models import ExtraField
from okienko.ui.forms import DateField, Form, PhoneField, WholeNumberField

Kind = ExtraField.Kind
LONGEST = 500

CHECKED: dict[str, Callable[[str], str]] = {
    Kind.PESEL: lambda typed: people.pesel(typed).number,
    Kind.IDENTITY_CARD: people.identity_card,
    Kind.PASSPORT: people.passport,
    Kind.NIP: business.nip,
    Kind.REGON: business.regon,
    Kind.IBAN_PL: lambda typed: business.iban(typed, country="PL"),
    Kind.IBAN: business.iban,
    Kind.VIN: things.vin,
    Kind.LAND_REGISTER: things.land_register,
    Kind.PLATE: things.plate,
    Kind.POSTAL_CODE: things.postal_code,
}


class CheckedField(forms.CharField):
    """A number that the law gives, read by its own definition."""

    def __init__(self, *, read: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)
        self.read = read

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        try:
            return self.read(typed)
        except Wrong as wrong:
            raise ValidationError(words.wrong(wrong), code=wrong.code) from wrong


class ShapedField(forms.CharField):
    """A number of the office's own, such as AA/9999."""

    def __init__(self, *, shape: str, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.shape = shape

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value).upper()
        if typed and not rules.has_shape(typed, self.shape):
            raise ValidationError(
                _("Write it in this shape: %(shape)s (A is a letter, 9 is a digit)."),
                params={"shape": self.shape},
            )
        return typed


def field_of(extra: ExtraField, language: str) -> forms.Field:
    given: dict[str, Any] = {
        "label": extra.label_in(language),
        "help_text": extra.help_in(language),
        "required": extra.required,
    }
    match extra.kind:
        case kind if kind in CHECKED:
            return CheckedField(read=CHECKED[kind], **given)
        case Kind.LONG_TEXT:
            return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), **given)
        case Kind.YES_NO:
            return forms.BooleanField(**given)
        case Kind.CHOICE:
            choices = [(one, one) for one in extra.options]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **given)
        case Kind.PATTERN:
            return ShapedField(shape=extra.pattern, **given)
        case Kind.NUMBER:
            return WholeNumberField(min_value=extra.least, max_value=extra.most, **given)
        case Kind.DATE:
            return DateField(**given)
        case Kind.EMAIL:
            return forms.EmailField(**given)
        case Kind.PHONE:
            return PhoneField(**given)
    return forms.CharField(max_length=LONGEST, **given)


class ExtraFields(Form):
    """Mixed into the forms of residents and of staff alike."""

    def add_extra(self, extra: Iterable[ExtraField], language: str) -> None:
        self.extra = {f"extra_{one.pk}": one for one in extra}
        for name, one in self.extra.items():
            self.fields[name] = field_of(one, language)
            self.prepare(self.fields[name])

    def answers(self) -> list[dict[str, Any]]:
        """What was answered, with the question as it stood: it outlives the field."""
        given = ((one, self.cleaned_data[name]) for name, one in self.extra.items())
        return [
            {"field": one.pk, "label": one.label, "kind": one.kind, "value": _plain(value)}
            for one, value in given
            if value not in (None, "")
        ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# What is said in other languages stands beside the Polish, by the names of the fields that it is typed into.
_TRANSLATED = (("labels", "label"), ("help_texts", "help"))


class ExtraFieldForm(Form):
    """What an office says of one field."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ExtraField.Kind.choices)
    label = forms.CharField(label=gettext_lazy("Label (Polish)"), max_length=200)
    label_en = forms.CharField(label=gettext_lazy("Label (English)"), max_length=200, required=False)
    label_uk = forms.CharField(label=gettext_lazy("Label (Ukrainian)"), max_length=200, required=False)
    help_text = forms.CharField(label=gettext_lazy("Help (Polish)"), max_length=300, required=False)
    help_en = forms.CharField(label=gettext_lazy("Help (English)"), max_length=300, required=False)
    help_uk = forms.CharField(label=gettext_lazy("Help (Ukrainian)"), max_length=300, required=False)
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)
    options = forms.CharField(
        label=gettext_lazy("Answers to choose from"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For a list: one on each line."),
    )
    pattern = forms.CharField(
        label=gettext_lazy("Shape"),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "For a number of a given shape: A is a letter, 9 a digit, others stand as they are."
        ),
    )
    least = WholeNumberField(label=gettext_lazy("Smallest number"), required=False)
    most = WholeNumberField(label=gettext_lazy("Largest number"), required=False)
    position = WholeNumberField(
        label=gettext_lazy("Position in the form"), min_value=0, max_value=999, initial=10
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_options(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["options"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("kind") == Kind.CHOICE and len(given.get("options", ())) < 2:
            self.add_error("options", ValidationError(_("Give at least two answers.")))
        if given.get("kind") == Kind.PATTERN and not given.get("pattern"):
            self.add_error("pattern", ValidationError(_("Give the shape, such as AA/9999.")))
        least, most = given.get("least"), given.get("most")
        if least is not None and most is not None and most < least:
            self.add_error("most", ValidationError(_("The largest is below the smallest.")))
        return given

    def details(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        for names, name in _TRANSLATED:
            texts = {code: given.pop(f"{name}_{code}") for code in ("en", "uk")}
            given[names] = {code: text for code, text in texts.items() if text}
        return given

    @staticmethod
    def values_of(extra: ExtraField) -> dict[str, Any]:
        names = ("kind", "label", "help_text", "required", "pattern", "least", "most", "position", "version")
        values = {name: getattr(extra, name) for name in names}
        for texts, name in _TRANSLATED:
            values |= {f"{name}_{code}": text for code, text in getattr(extra, texts).items()}
        return {**values, "options": "\n".join(extra.options)}
