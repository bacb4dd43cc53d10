"""Anybody reports a fault: one decision per page, without an account, without scripts if need be."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.intake import queries
from okienko.features.faults.intake.forms import (
    CategoryForm,
    ContactForm,
    PlaceForm,
    ToldOfChanges,
    WhatForm,
    answered,
)
from okienko.features.faults.models import Draft
from okienko.features.faults.public.queries import neighbours, report_by_number
from okienko.features.faults.queries import questions_of
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.kernel.knowledge.queries import visible_to as articles_for
from okienko.kernel.people.models import Person
from okienko.ui.forms import Form

STEPS = 4
View = Callable[..., HttpResponse]


def report(request: HttpRequest) -> HttpResponse:
    form = CategoryForm(request.POST or None)
    if form.is_bound and form.is_valid():
        draft = actions.begin_draft(form.cleaned_data["category"], by=Actor.resident(), at=now())
        return redirect("faults:draft_place", draft.key)
    context = {
        "form": form,
        "categories": queries.offered(),
        "elsewhere": queries.elsewhere(),
        "total": STEPS,
        "articles": articles_for(request.user).exists(),
    }
    return render(request, "faults/intake/category.html", context)


def _of_draft(view: View) -> View:
    """A page of a draft; one that has been sent already leads to what it has become."""

    @wraps(view)
    def found(request: HttpRequest, key: str, **more: str) -> HttpResponse:
        draft = queries.draft_by_key(key)
        if draft is None:
            return redirect("faults:follow", queries.sent_as(key).case.follow_key)
        return view(request, draft, **more)

    return found


def _page(
    request: HttpRequest, name: str, draft: Draft, form: Form | None, step: int, **more: Any
) -> HttpResponse:
    context = {
        "draft": draft,
        "form": form,
        "category": queries.category_of(draft),
        "step": step,
        "total": STEPS,
    }
    return render(request, f"faults/intake/{name}.html", context | more)


@_of_draft
def place(request: HttpRequest, draft: Draft) -> HttpResponse:
    form = PlaceForm(request.POST or None, initial=draft.told)
    if form.is_bound and form.is_valid():
        queries.keep(draft, **form.cleaned_data)
        return redirect("faults:draft_what", draft.key)
    tiles = {"tiles": settings.TILES_URL, "credit": settings.TILES_CREDIT}
    return _page(request, "place", draft, form, 2, **tiles)


@_of_draft
def what(request: HttpRequest, draft: Draft) -> HttpResponse:
    asked = questions_of(queries.category_of(draft))
    said = answered(asked, dict(draft.told.get("answers", ())))
    form = WhatForm(
        asked, request.POST or None, request.FILES or None,
        initial={**said, "description": draft.told.get("description", "")},
    )  # fmt: skip
    if form.is_bound:
        valid = form.is_valid()
        given = form.cleaned_data
        # What was right is kept even where something else was not: files cannot be put back into a page.
        if photos := given.get("attachments"):
            try:
                actions.keep_photos(draft, photos, by=Actor.resident(), at=now())
            except Refused as refused:
                form.refuse(refused)
                valid = False
        if valid:
            queries.keep(draft, answers=form.answers(), description=given["description"])
            near = _neighbours(draft)
            return redirect("faults:draft_near" if near else "faults:draft_contact", draft.key)
    return _page(request, "what", draft, form, 3, photos=documents_of(draft))


def _neighbours(draft: Draft) -> list[Any]:
    latitude, longitude = draft.told.get("latitude"), draft.told.get("longitude")
    if latitude is None or longitude is None:
        return []
    return neighbours(queries.category_of(draft), latitude, longitude, at=now())


@_of_draft
def near(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Perhaps somebody has reported it already."""
    return _page(request, "near", draft, None, 3, near=_neighbours(draft))


@_of_draft
def me_too(request: HttpRequest, draft: Draft, number: str) -> HttpResponse:
    joined = report_by_number(number)
    form = ToldOfChanges(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = request.user if isinstance(request.user, Person) else None
        actions.join(
            joined, draft.key, by=Actor.resident(), at=now(), person=person, language=get_language() or "pl",
            email=form.cleaned_data["contact_email"].lower(), phone=form.cleaned_data["contact_phone"],
        )  # fmt: skip
        return redirect(f"{reverse('faults:public', args=[joined.case.number])}?ja-tez=1")
    return _page(request, "me_too", draft, form, 4, joined=joined)


@_of_draft
def contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The last page: who, if anybody; then it is sent."""
    for needed, before in (("place", "faults:draft_place"), ("description", "faults:draft_what")):
        if needed not in draft.told:
            return redirect(before, draft.key)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = request.user if isinstance(request.user, Person) else None
        try:
            case = actions.send_draft(
                draft, queries.category_of(draft), by=Actor.resident(), at=now(), requester=person,
                language=get_language() or "pl", **form.cleaned_data,
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{reverse('faults:follow', args=[case.follow_key])}?nowe=1")
    return _page(request, "contact", draft, form, 4)
