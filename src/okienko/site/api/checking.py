"""What the forms of pages check, checked for programs by the same forms."""

from __future__ import annotations

from typing import Annotated, Any, Protocol, TypeVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.errors import ValidationError
from pydantic import ConfigDict, Field

from okienko.base.decisions import Missing
from okienko.kernel.people.access import may

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="Or `If-Match`.")]
LARGEST_ID = 2**63 - 1


class Given(Schema):
    model_config = ConfigDict(extra="forbid")


class Versioned(Protocol):
    version: int


T = TypeVar("T", bound=Versioned)


def demand(request: HttpRequest, permission: str) -> None:
    """Who may not, finds nothing."""
    if not may(request.user, permission):
        raise Missing


def told(response: HttpResponse, thing: T) -> T:
    """With the version that a change of it has to name."""
    response["ETag"] = f'"{thing.version}"'
    return thing


def checked(form: Form, **fields: str) -> dict[str, Any]:
    """What was given, as the form reads it; `fields` names those that programs know by another name."""
    if form.is_valid():
        return form.cleaned_data
    raise ValidationError([
        {"type": error.code or "wrong", "loc": ("body", "", fields.get(name, name)), "words": words}
        for name, errors in form.errors.as_data().items()
        for error in errors
        for words in error.messages
    ])  # fmt: skip
