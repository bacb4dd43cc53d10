from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Question
from okienko.features.faults.phone.forms import IntakeForm, call_whoever_reported
from okienko.ui.forms import DateTimeField, Form

REASON = forms.Textarea(attrs={"rows": 3})


class DeclareForm(Form):
    began_at = DateTimeField(label=_("When did it begin?"))
    ended_at = DateTimeField(
        label=_("When did it end?"), required=False, help_text=_("Leave empty while it still lasts.")
    )
    reason = forms.CharField(label=_("What happened?"), max_length=500, widget=REASON)


class EndForm(Form):
    ended_at = DateTimeField(label=_("When did it end?"))


class TellForm(Form):
    who = forms.CharField(label=_("Who was told?"), max_length=200)
    told_at = DateTimeField(label=_("When?"))
    how = forms.CharField(label=_("How?"), max_length=200, help_text=_("For example by phone or in person."))


class CloseForm(Form):
    reason = forms.CharField(label=_("What was decided, and by whom?"), max_length=500, widget=REASON)


class PaperForm(IntakeForm):
    """The same page as for a call, with the time that stands on the paper."""

    received_at = DateTimeField(label=_("When was it taken down?"))

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(questions, *args, **kwargs)
        del self.fields["channel"]
        call_whoever_reported(self)
        self.order_fields(["category", "received_at"])
