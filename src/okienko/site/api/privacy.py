"""Consents, removal of what has lived its time, and who looked at whose data."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from okienko.base.decisions import Missing
from okienko.base.time import now
from okienko.kernel.consents import actions, looks, queries, retention
from okienko.kernel.consents.forms import GroupForm, LooksForm, TextForm
from okienko.kernel.consents.models import ConsentText, RetentionRun
from okienko.kernel.consents.retention import RetentionRule
from okienko.kernel.history.api import version_needed
from okienko.kernel.people.access import actor_of, person_of
from okienko.site.api.checking import LARGEST_ID, Given, Version, checked, demand, told

router = Router(tags=["privacy"])
MOST = 500
WORDS = ("required", "text_pl", "text_en", "text_uk")


class ConsentOut(Schema):
    id: int
    code: str
    number: int
    status: str
    required: bool
    text_pl: str
    text_en: str
    text_uk: str
    valid_from: datetime | None
    valid_until: datetime | None
    version: int


class ConsentGroupOut(Schema):
    id: int
    code: str
    name: str
    texts: list[ConsentOut]


class ConsentGroupIn(Given):
    code: str
    name: str


class WordsIn(Given):
    required: bool = False
    text_pl: str = ""
    text_en: str = ""
    text_uk: str = ""


class DraftIn(WordsIn):
    code: str = Field(description="The same in all versions of one text.")


class DraftChangeIn(WordsIn):
    version: Version | None = None


class PublishIn(Given):
    valid_from: AwareDatetime | None = Field(None, description="Left out: from now.")


class RuleOut(Schema):
    code: str
    name: str
    before: datetime
    due: int
    by_itself: bool


class GoingOut(Schema):
    id: int
    what: str


class RunOut(Schema):
    id: int
    rule: str
    started_at: datetime
    finished_at: datetime | None
    before: datetime
    removed: int
    by: str


class LookOut(Schema):
    clerk: str
    kind: str
    subject_id: int
    about: str
    at: datetime
    channel: str


# --- Consents -----------------------------------------------------------------------------------------------


def _text(request: HttpRequest, text_id: int) -> ConsentText:
    demand(request, "consents.change")
    return queries.text_by_id(min(text_id, LARGEST_ID))


@router.get(
    "/consents",
    response=list[ConsentGroupOut],
    summary="Groups of consents with every version of their texts",
)
def list_consents(request: HttpRequest) -> Any:
    demand(request, "consents.change")
    return [
        {"id": group.pk, "code": group.code, "name": queries.group_name(group), "texts": group.texts.all()}
        for group in queries.groups_with_texts()
    ]


@router.post("/consents", response={201: ConsentGroupOut}, summary="Add a group of consents")
def add_consent_group(request: HttpRequest, given: ConsentGroupIn) -> Any:
    demand(request, "consents.change")
    group = actions.add_group(by=actor_of(request), at=now(), **checked(GroupForm(given.model_dump())))
    return {"id": group.pk, "code": group.code, "name": group.name, "texts": []}


@router.post(
    "/consents/{int:group_id}/texts", response={201: ConsentOut}, summary="Draft the next version of a text"
)
def draft_consent(request: HttpRequest, response: HttpResponse, group_id: int, given: DraftIn) -> Any:
    demand(request, "consents.change")
    group = queries.group_by_id(min(group_id, LARGEST_ID))
    read = checked(TextForm(given.model_dump()))
    read.pop("version")
    return told(response, actions.draft(group, by=actor_of(request), at=now(), **read))


@router.patch("/consents/texts/{int:text_id}", response=ConsentOut, summary="Change a draft")
def change_consent(
    request: HttpRequest, response: HttpResponse, text_id: int, given: DraftChangeIn
) -> ConsentText:
    text = _text(request, text_id)
    version = version_needed(request, given.version)
    standing = {name: getattr(text, name) for name in ("code", *WORDS)}
    read = checked(TextForm(standing | given.model_dump(exclude_unset=True, exclude={"version"})))
    values = {name: read[name] for name in WORDS}
    return told(
        response, actions.change_draft(text, by=actor_of(request), at=now(), version=version, **values)
    )


@router.post(
    "/consents/texts/{int:text_id}/publish", response=ConsentOut, summary="Put a text in force, for good"
)
def publish_consent(
    request: HttpRequest, response: HttpResponse, text_id: int, given: PublishIn
) -> ConsentText:
    text = _text(request, text_id)
    published = actions.publish_text(text, by=actor_of(request), at=now(), valid_from=given.valid_from)
    return told(response, published)


@router.post("/consents/texts/{int:text_id}/end", response=ConsentOut, summary="A text is no longer in force")
def end_consent(request: HttpRequest, response: HttpResponse, text_id: int) -> ConsentText:
    return told(response, actions.end_text(_text(request, text_id), by=actor_of(request), at=now()))


# --- Retention ----------------------------------------------------------------------------------------------


def _rule(request: HttpRequest, code: str) -> RetentionRule:
    found = next((rule for rule in retention.all_rules() if rule.code == code), None)
    if found is None:
        raise Missing
    demand(request, found.permission)
    return found


@router.get(
    "/retention", response=list[RuleOut], summary="How long what lives, and how much of it is due to go"
)
def list_retention(request: HttpRequest) -> Any:
    demand(request, "retention.run")
    at = now()
    return [
        {
            "code": rule.code, "name": str(rule.name), "before": rule.before(at), "due": rule.due(at).count(),
            "by_itself": rule.by_itself,
        }
        for rule in retention.all_rules()
    ]  # fmt: skip


@router.get("/retention/runs", response=list[RunOut], summary="What was removed, the newest first")
def list_retention_runs(request: HttpRequest) -> Any:
    demand(request, "retention.run")
    return queries.retention_runs()[:MOST]


@router.get(
    "/retention/{slug:code}", response=list[GoingOut], summary="What would go by one rule: the first 500"
)
def dry_run(request: HttpRequest, code: str) -> Any:
    rule = _rule(request, code)
    return [{"id": key, "what": what} for key, what in islice(retention.would_go(rule, now()), MOST)]


@router.post(
    "/retention/{slug:code}", response={202: RunOut}, summary="Remove what is due; nothing brings it back"
)
def remove_due(request: HttpRequest, code: str) -> RetentionRun:
    return retention.order(_rule(request, code), by=actor_of(request), at=now())


# --- Looks --------------------------------------------------------------------------------------------------


@router.get("/looks", response=list[LookOut], summary="Who looked at whose data; the question is itself kept")
def list_looks(
    request: HttpRequest,
    about: str = "",
    clerk: str = "",
    first: date | None = None,
    last: date | None = None,
) -> Any:
    demand(request, "looks.see")
    asked = checked(LooksForm({"about": about, "clerk": clerk, "first": first, "last": last}))
    looks.note_question(asked["about"] or asked["clerk"], by=actor_of(request), at=now())
    return [
        {
            "clerk": look.clerk.email, "kind": look.subject_type, "subject_id": look.subject_id, "about": look.about,
            "at": look.at, "channel": look.channel,
        }
        for look in queries.looks_asked(person_of(request), **asked)[:MOST]
    ]  # fmt: skip
