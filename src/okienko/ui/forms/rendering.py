"""A field as markup, for any Django form, not only for ours. Made here: a page of many fields is mostly these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from okienko.ui.forms.markup import input_markup
from okienko.ui.icons import icon
from okienko.ui.markup import safe

# What browsers may fill in for people about themselves (WCAG 2.2, 1.3.5), by the usual names of fields.
AUTOCOMPLETE = {
    "email": "email",
    "phone": "tel",
    "name": "name",
    "full_name": "name",
    "first_name": "given-name",
    "given_name": "given-name",
    "last_name": "family-name",
    "family_name": "family-name",
    "organisation": "organization",
    "street": "address-line1",
    "address": "street-address",
    "postcode": "postal-code",
    "postal_code": "postal-code",
    "city": "address-level2",
    "town": "address-level2",
    "country": "country-name",
    "born": "bday",
    "birth_date": "bday",
}
INPUT_MODES = {"phone": "tel", "pesel": "numeric", "nip": "numeric", "regon": "numeric", "pin": "numeric"}
_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    text: Any
    target: str = ""
    label: Any = ""


def field(bound: BoundField, *, rank: bool = True) -> SafeString:
    """A field with its name, its help and what is wrong with it; `rank` says in words whether it must be filled in."""
    widget, id_ = bound.field.widget, safe(bound.auto_id)
    look = "field wrong" if bound.errors else "field"
    name, notes = safe(bound.label) + (_rank(bound) if rank else ""), _notes(bound, id_)
    if isinstance(widget, _GROUPS):
        control = "".join(map(_option, bound.subwidgets))
        control = f'<div class="options {_kind(widget)}">{control}</div>' if control else ""
    else:
        control = bound.as_widget(attrs=_attributes(bound))
    if bound.use_fieldset:
        described_by = bound.aria_describedby
        describe = f' aria-describedby="{safe(described_by)}"' if described_by else ""
        return mark_safe(
            f'<fieldset class="{look}" id="{id_}" tabindex="-1"{describe}><legend>{name}</legend>{notes}{control}</fieldset>'
        )
    label = f'<label for="{safe(bound.id_for_label)}">{name}</label>'
    if isinstance(widget, forms.CheckboxInput):
        return mark_safe(f'<div class="{look}"><div class="option">{control}{label}</div>{notes}</div>')
    return mark_safe(f'<div class="{look}">{label}{notes}{control}</div>')


def _rank(bound: BoundField) -> str:
    rank = _("required") if bound.field.required else _("optional")
    return f' <span class="rank">({safe(rank)})</span>'


def _notes(bound: BoundField, id_: str) -> str:
    notes = f'<div class="help" id="{id_}_helptext">{safe(bound.help_text)}</div>' if bound.help_text else ""
    if not bound.errors:
        return notes
    error_word = _("Error:")
    sign = f'{icon("alert")}<span><span class="unseen">{safe(error_word)}</span>'
    said = "".join(f'<p class="error">{sign} {safe(error)}</span></p>' for error in bound.errors)
    return f'{notes}<div id="{id_}_error">{said}</div>'


def _option(option: BoundWidget) -> str:
    label = f'<label for="{safe(option.id_for_label)}">{safe(option.choice_label)}</label>'
    return f'<div class="option">{input_markup(option.data)}{label}</div>'


def error_entries(form: BaseForm) -> list[ErrorEntry]:
    """In the order of the fields; what concerns the whole form first."""
    entries = [ErrorEntry(text) for text in form.non_field_errors()]
    for bound in form:
        for text in bound.errors:
            if bound.is_hidden:
                entries.append(ErrorEntry(text, label=bound.label))
            else:
                target = bound.auto_id if bound.use_fieldset else bound.id_for_label
                entries.append(ErrorEntry(text, target or bound.auto_id, bound.label))
    return entries


def _kind(widget: forms.Widget) -> str:
    return "checkboxes" if isinstance(widget, forms.CheckboxSelectMultiple) else "radios"


def _attributes(bound: BoundField) -> dict[str, Any]:
    given = bound.field.widget.attrs
    attributes: dict[str, Any] = {}
    if "autocomplete" not in given and isinstance(bound.field.widget, forms.TextInput):
        known = AUTOCOMPLETE.get(bound.name) if getattr(bound.form, "about_the_reader", False) else None
        attributes["autocomplete"] = known or "off"
    if "inputmode" not in given:
        mode = INPUT_MODES.get(bound.name) or _mode_of(bound.field)
        if mode:
            attributes["inputmode"] = mode
    return attributes


def _mode_of(field: forms.Field) -> str:
    if isinstance(field, forms.DecimalField | forms.FloatField):
        return "decimal"
    if isinstance(field, forms.IntegerField):
        return "numeric"
    return "email" if isinstance(field, forms.EmailField) else ""
