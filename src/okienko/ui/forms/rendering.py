"""What a template needs to show a field: for any Django form, not only for ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField

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


def field_context(bound: BoundField, *, rank: bool = True) -> dict[str, Any]:
    """`rank` says in words whether the field must be filled in."""
    widget = bound.field.widget
    grouped = bool(bound.use_fieldset)
    describing = []
    if bound.help_text:
        describing.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        describing.append(f"{bound.auto_id}_error")
    described_by = " ".join(describing)
    context: dict[str, Any] = {
        "bound": bound,
        "grouped": grouped,
        "described_by": described_by,
        "kind": _kind(widget),
        "rank": rank,
    }
    if isinstance(widget, _GROUPS):
        context["options"] = list(bound)
    else:
        context["control"] = bound.as_widget(attrs=_attributes(bound, "" if grouped else described_by))
    return context


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
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "input"


def _attributes(bound: BoundField, described_by: str) -> dict[str, Any]:
    given = bound.field.widget.attrs
    attributes: dict[str, Any] = {}
    if described_by:
        attributes["aria-describedby"] = described_by
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
