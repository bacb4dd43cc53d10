"""Forms made from the table of the procedure: what a step needs is what its form asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.base.time import day_of
from okienko.kernel.cases import queries
from okienko.kernel.cases.models import Case, Link
from okienko.kernel.cases.rules import Input, Need, Step
from okienko.kernel.cases.sentences import refusal
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import visible_to as people_visible_to
from okienko.kernel.units.models import Unit
from okienko.ui.forms import DateField, DateTimeField, FilesField, Form, PhoneField


class StepForm(Form):
    """One step of one case. Carries the version that its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    happened_at = DateTimeField(
        label=_("When it really happened"), required=False, help_text=_("Only if it was earlier than now.")
    )

    def __init__(self, step: Step, case: Case, person: Person, *args: Any, **kwargs: Any) -> None:
        self.step = step
        facts = case.facts
        self.base_fields = {  # type: ignore[misc]  # as many fields as the step needs
            **{need.name: _field(step, need, case, facts, person) for need in step.needs},
            **self.base_fields,
        }
        super().__init__(*args, initial={"version": case.version}, **kwargs)
        self.case, days = case, case.days(self.today)
        for need in step.needs:
            if need.usual is not None:
                self.initial[need.name] = need.usual.among(days)
            limits = zip(("data-min", "data-max"), need.span(days), strict=True)
            offered = {name: limit.isoformat() for name, limit in limits if limit is not None}
            self.fields[need.name].widget.attrs |= offered

    def clean(self) -> dict[str, Any]:
        happened = self.cleaned_data.get("happened_at")
        on = day_of(happened) if happened else self.today
        refuse_wrong_days(self, self.step, self.case, self.inputs(), on=on)
        return self.cleaned_data

    def inputs(self) -> dict[str, Any]:
        """What was filled in, without what was left empty."""
        given = {need.name: self.cleaned_data.get(need.name) for need in self.step.needs}
        return {name: value for name, value in given.items() if value not in (None, "")}


def refuse_wrong_days(form: Form, step: Step, case: Case, given: Mapping[str, Any], *, on: date) -> None:
    """As the action would, all of them at once."""
    for wrong in step.wrong_days(given, case.days(on)):
        form.refuse(refusal(wrong))


def _field(step: Step, need: Need, case: Case, facts: frozenset[str], person: Person) -> forms.Field:
    common: dict[str, Any] = {
        "label": need.label,
        "required": need.required or need.required_if in facts,
        "help_text": need.help,
    }
    match need.kind:
        case Input.TEXT if need.pattern:
            return forms.RegexField(need.pattern, max_length=250, **common)
        case Input.TEXT:
            return forms.CharField(max_length=250, **common)
        case Input.LONG_TEXT:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000, **common)
        case Input.DATE:
            return DateField(**common)
        case Input.MOMENT:
            return DateTimeField(**common)
        case Input.CHOICE:
            return forms.ChoiceField(choices=[("", "–"), *need.choices], **common)
        case Input.YES_NO:
            return forms.BooleanField(**common)
        case Input.GROUP:
            return _group_field(step, case, **common)
        case Input.UNIT:
            return forms.ModelChoiceField(Unit.objects.filter(active=True), empty_label=_("Choose"), **common)
        case Input.PERSON:
            people = people_visible_to(person).filter(is_active=True)
            return forms.ModelChoiceField(people, empty_label=_("Choose"), **common)


def _group_field(step: Step, case: Case, **common: Any) -> forms.Field:
    """Groups under the names of their units: those of the case's own unit come first."""
    groups = queries.groups_to_pass_to(case, step)
    by_unit: dict[str, list[tuple[int, str]]] = {}
    for group in sorted(
        groups, key=lambda one: (one.unit_id != case.unit_id, one.unit.sort_key, one.sort_key)
    ):
        by_unit.setdefault(str(group.unit), []).append((group.pk, str(group)))
    wanted = queries.kind_wanted(step)
    if wanted is not None and not by_unit:
        words = _(
            "There is no group of the kind “%(kind)s” to pass it to. Whoever keeps units and groups can add one."
        )
        common["help_text"] = words % {"kind": wanted.label}
    field = forms.ModelChoiceField(groups, **common)
    field.choices = [("", _("Choose")), *by_unit.items()]
    return field


class DetailsForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    subject = forms.CharField(label=_("Subject"), max_length=250)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    contact_name = forms.CharField(label=_("Name of the reporter"), required=False, max_length=200)
    contact_email = forms.EmailField(label=_("E-mail of the reporter"), required=False)
    contact_phone = PhoneField(label=_("Phone of the reporter"), required=False, max_length=20)
    wants_answer = forms.BooleanField(label=_("Wants an answer"), required=False)


class LinkForm(Form):
    number = forms.CharField(label=_("Number of the other case"), max_length=30)
    kind = forms.ChoiceField(label=_("How they belong together"), choices=Link.Kind.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class MergeForm(Form):
    number = forms.CharField(label=_("Number of the case that goes on"), max_length=30)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class SplitForm(Form):
    subject = forms.CharField(label=_("Subject of the part"), max_length=250)
    note = forms.CharField(label=_("Which part this is"), required=False, max_length=300)


class AttachForm(Form):
    attachments = FilesField(label=_("Files"))


class AssignForm(Form):
    person = forms.ModelChoiceField(Person.objects.none(), label=_("To whom"), required=False,
                                    empty_label=_("the whole group"))  # fmt: skip

    def __init__(self, by: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = people_visible_to(by).filter(is_active=True, kind=Person.Kind.STAFF)
        self.fields["person"].queryset = able  # type: ignore[attr-defined]


class RuleForm(Form):
    note = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        help_text=_("It stands in the history of every case that moves."),
    )
    sent = forms.CharField(widget=forms.HiddenInput, initial="1")
