"""Texts of messages and letters: read, changed, filled with made-up data, and the original put back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from okienko.base.decisions import Missing
from okienko.base.time import now
from okienko.kernel.history.api import version_needed
from okienko.kernel.messages import actions, composing, declaring, queries
from okienko.kernel.messages.declaring import Notice, Original
from okienko.kernel.messages.forms import TextForm
from okienko.kernel.people.access import actor_of
from okienko.site.api.checking import Given, checked, demand

router = Router(tags=["texts"])
# Nobody has changed a text of the version 0.
TextVersion = Annotated[int, Field(ge=0, le=2**31 - 1, description="Or `If-Match`.")]


class PlaceholderOut(Schema):
    name: str
    sample: str


class NoticeOut(Schema):
    code: str
    name: str
    languages: list[str]
    variants: dict[str, str]
    placeholders: list[PlaceholderOut]


class TextOut(Schema):
    notice: str
    language: str
    variant: str
    subject: str
    body: str
    sms: str
    version: int
    changed: bool


class TextIn(Given):
    subject: str = ""
    body: str = ""
    sms: str = ""
    version: TextVersion | None = None


class WrittenOut(Schema):
    title: str
    body: str
    sms: str
    sms_parts: int


def _notice(request: HttpRequest, code: str, language: str, variant: str, permission: str) -> Notice:
    demand(request, permission)
    if not declaring.is_known(code):
        raise Missing
    notice = declaring.notice(code)
    if language not in notice.languages or (variant and variant not in notice.variants()):
        raise Missing
    return notice


def _told(response: HttpResponse, notice: Notice, language: str, variant: str) -> dict[str, Any]:
    text, version = queries.text_in_force(notice, language, variant), _version(notice, language, variant)
    response["ETag"] = f'"{version}"'
    return {
        "notice": notice.code, "language": language, "variant": variant, "subject": text.subject, "body": text.body,
        "sms": text.sms, "version": version, "changed": (notice.code, variant, language) in queries.changed_templates(),
    }  # fmt: skip


def _version(notice: Notice, language: str, variant: str) -> int:
    return queries.template_of(notice, language, variant).version


@router.get(
    "/texts", response=list[NoticeOut], summary="What is written to people, and what its texts may say"
)
def list_texts(request: HttpRequest) -> list[dict[str, Any]]:
    demand(request, "messages.see")
    return [
        {
            "code": notice.code,
            "name": str(notice.name),
            "languages": notice.languages,
            "variants": {code: str(name) for code, name in notice.variants().items()},
            "placeholders": [
                {"name": name, "sample": str(sample)} for name, sample in sorted(notice.samples.items())
            ],
        }
        for notice in declaring.all_notices()
    ]


@router.get(
    "/texts/{code}/{language}",
    response=TextOut,
    summary="A text in force; `variant` is a service or procedure",
)
def read_text(
    request: HttpRequest, response: HttpResponse, code: str, language: str, variant: str = ""
) -> Any:
    return _told(response, _notice(request, code, language, variant, "messages.see"), language, variant)


@router.put("/texts/{code}/{language}", response=TextOut, summary="Put another text in force")
def change_text(
    request: HttpRequest, response: HttpResponse, code: str, language: str, given: TextIn, variant: str = ""
) -> Any:
    """An unknown placeholder is refused, as on the page."""
    notice = _notice(request, code, language, variant, "messages.change")
    version = version_needed(request, given.version)
    actions.change_text(
        code, _text(notice, given), by=actor_of(request), at=now(), language=language, version=version, variant=variant
    )  # fmt: skip
    return _told(response, notice, language, variant)


@router.post(
    "/texts/{code}/{language}/preview", response=WrittenOut, summary="A text filled with made-up data"
)
def preview_text(request: HttpRequest, code: str, language: str, given: TextIn, variant: str = "") -> Any:
    notice = _notice(request, code, language, variant, "messages.change")
    text = _text(notice, given)
    composing.check(notice, text, language)
    written = composing.fill_in(notice, text, notice.samples, language=language)
    parts = written.sms_length.parts if written.sms else 0
    return {"title": written.title, "body": written.body, "sms": written.sms, "sms_parts": parts}


@router.post(
    "/texts/{code}/{language}/original", response=TextOut, summary="Put the original text in force again"
)
def text_back(
    request: HttpRequest, response: HttpResponse, code: str, language: str, variant: str = "", version: TextVersion | None = None
) -> Any:  # fmt: skip
    notice = _notice(request, code, language, variant, "messages.change")
    shown = version_needed(request, version)
    actions.back_to_original(
        code, by=actor_of(request), at=now(), language=language, version=shown, variant=variant
    )
    return _told(response, notice, language, variant)


def _text(notice: Notice, given: TextIn) -> Original:
    form = TextForm(given.model_dump() | {"version": 0}, printed=notice.printed)
    checked(form)
    return form.text()
