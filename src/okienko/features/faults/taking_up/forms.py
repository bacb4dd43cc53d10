from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.intake.forms import answered
from okienko.features.faults.models import Category, Question, Report
from okienko.features.faults.phone.forms import IntakeForm, call_whoever_reported
from okienko.kernel.cases.models import Channel
from okienko.kernel.units.models import Group

CONTACT = ("contact_name", "contact_email", "contact_phone", "wants_answer")
PLACE = ("street", "house_number", "place", "latitude", "longitude")


class TakeUpForm(IntakeForm):
    """What was sent in, in the fields of the office. Who sent it cannot be asked: no answer is required here."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(label=_("How it came"), choices=Channel.choices)
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label=_("Pass it at once to"),
        required=False,
        empty_label=_("nobody yet"),
    )
    attachments = None  # type: ignore[assignment]  # Django: a field is taken away

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(questions, *args, **kwargs)
        for name in self.questions:
            self.fields[name].required = False
        coordinators = Group.objects.filter(
            active=True, unit__active=True, kind=Group.Kind.COORDINATORS
        ).select_related("unit")
        self.fields["group"].queryset = coordinators  # type: ignore[attr-defined]
        call_whoever_reported(self)

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        return {
            **{
                name: given[name]
                for name in ("version", "channel", "category", "description", "rpw", "group")
            },
            "place": {name: given[name] for name in PLACE},
            "contact": {name: given[name] for name in CONTACT},
            "answers": self.answers(),
        }


def initial_of(report: Report, category: Category | None, questions: Sequence[Question]) -> dict[str, Any]:
    case, said = report.case, dict(report.answers.values_list("asked", "said"))
    return {
        "version": case.version,
        "channel": case.channel,
        "category": category,
        "description": case.description,
        "rpw": report.rpw,
        **{name: getattr(case, name) for name in CONTACT},
        **{name: getattr(report, name) for name in PLACE},
        **answered(questions, said),
    }
