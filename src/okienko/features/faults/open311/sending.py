"""A report that another program sends: its form is read, its key is looked at, its report comes in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.numbers.phones import plain_phone
from okienko.features.faults import actions
from okienko.features.faults.models import Category
from okienko.features.faults.open311 import asking, queries
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.access import may
from okienko.kernel.people.models import ApiToken
from okienko.kernel.people.tokens import holder_of, token_in
from okienko.ui.forms import PhotosField
from okienko.ui.forms.cleaning import clean_text

PERMISSION = "faults.send"


class RequestForm(forms.Form):
    """What may be said beside the service, the place and its attributes."""

    address_string = forms.CharField(required=False, max_length=300)
    address_id = forms.CharField(required=False, max_length=100)
    email = forms.EmailField(required=False, max_length=254)
    phone = forms.CharField(required=False, max_length=20)
    first_name = forms.CharField(required=False, max_length=100)
    last_name = forms.CharField(required=False, max_length=99)
    description = forms.CharField(required=False, max_length=4000)
    media_url = forms.URLField(required=False, max_length=500, assume_scheme="https")
    pictures = PhotosField(required=False)


def token_of(request: HttpRequest, *, at: datetime) -> ApiToken:
    """The key that may send reports: in the form as the standard has it, or in a header as elsewhere here."""
    key = request.POST.get("api_key", "").strip() or request.GET.get("api_key", "").strip()
    shown = f"Bearer {key}" if key else request.headers.get("Authorization", "")
    token = token_in(request, shown, at=at)
    if token is None or not may(holder_of(token), PERMISSION):
        raise asking.Wrong(403, "api_key: missing, or may not send reports")
    return token


def receive(request: HttpRequest, *, at: datetime) -> Case:
    token = token_of(request, at=at)
    given = {name: clean_text(value) for name, value in request.POST.items() if isinstance(value, str)}
    code = given.get("service_code", "").strip()
    if not code:
        raise asking.Wrong(400, "service_code: was not provided")
    category = queries.service(code)
    form = RequestForm(given, MultiValueDict({"pictures": request.FILES.getlist("media")}))
    mistakes = [f"{name}: {text}" for name, texts in form.errors.items() for text in texts]
    answers, missing = _answers(category, given)
    position = asking.position(given)
    said = form.cleaned_data
    place = ", ".join(filter(None, (said.get("address_string"), said.get("address_id"))))
    if position is None and not place:
        missing.append("lat and long, address_string or address_id: one of these is needed")
    if mistakes or missing:
        raise asking.Wrong(400, *mistakes, *missing)
    if said["media_url"]:
        answers.append((_("Picture elsewhere"), said["media_url"]))
    try:
        return actions.report_fault(
            by=Actor(None, token.name, "api"),
            at=at,
            channel=Channel.API,
            category=category,
            place=place,
            latitude=position[0] if position else None,
            longitude=position[1] if position else None,
            description=said["description"] or category.name,
            answers=answers,
            attachments=said["pictures"] or (),
            language=get_language() or "pl",
            **_contact(said),
        )
    except Refused as refused:
        raise asking.Wrong(400, f"{refused.field or 'request'}: {refused}") from refused


def _answers(category: Category, given: dict[str, str]) -> tuple[list[tuple[str, str]], list[str]]:
    """To each question what was said, and what was not said though it must be."""
    answers, missing = [], []
    for question in queries.questions(category):
        code = queries.attribute_code(question)
        said = given.get(f"attribute[{code}]", "").strip()
        if question.required and not said:
            missing.append(f"attribute[{code}]: is required ({question.text})")
        if len(said) > 500:
            missing.append(f"attribute[{code}]: at most 500 characters")
        answers.append((question.text, said))
    return answers, missing


def _contact(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "contact_name": f"{said['first_name']} {said['last_name']}".strip(),
        "contact_email": said["email"],
        "contact_phone": plain_phone(said["phone"]) or said["phone"],
    }
