from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.kernel.consents import actions, looks, queries, retention
from okienko.kernel.consents.forms import (
    AcceptForm,
    GroupForm,
    LooksForm,
    PublishForm,
    TextForm,
    WithdrawForm,
)
from okienko.kernel.consents.models import ConsentText
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people.access import actor_of, person_of, requires, signed_in
from okienko.kernel.people.views.pages import form_page

SHOWN = 500
SHOWN_RUNS = 50

# What everybody sees of their own


@signed_in
def accept(request: HttpRequest) -> HttpResponse:
    person, at = person_of(request), now()
    texts = list(queries.to_accept(person, at))
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    if not texts:
        return redirect(target)
    form = AcceptForm(texts, request.POST or None)
    if form.is_bound and form.is_valid():
        actions.record_given(texts, by=actor_of(request), at=at, person=person, contact=person.email)
        return redirect(target)
    return render(request, "consents/accept.html", {"form": form})


@signed_in
def own(request: HttpRequest) -> HttpResponse:
    """What I agreed to, when, and in which wording."""
    return render(request, "consents/own.html", {"given": queries.given_by(person_of(request))})


@signed_in
def withdraw(request: HttpRequest, given_id: int) -> HttpResponse:
    given = queries.given_by(person_of(request)).filter(pk=given_id, withdrawn_at__isnull=True).first()
    if given is None:
        raise Missing
    closes = actions.closes_account(given, at=now())
    form = WithdrawForm(request.POST or None)
    if not closes:
        del form.fields["sure"]
    if request.method == "POST" and (not closes or form.is_valid()):
        try:
            actions.withdraw(given, by=actor_of(request), at=now(), sure=closes)
        except Refused as refused:
            form.refuse(refused)
        else:
            if closes:
                logout(request)
                messages.success(request, _("Your account is closed and your data have been removed."))
                return redirect("account_login")
            messages.success(request, _("The consent has been withdrawn."))
            return redirect("consents:own")
    return render(request, "consents/withdraw.html", {"given": given, "closes": closes, "form": form})


# Texts


@requires("consents.change")
def groups(request: HttpRequest) -> HttpResponse:
    actions.ensure_built_in_groups(by=actor_of(request), at=now())
    at = now()
    rows = [
        {
            "group": group,
            "name": queries.group_name(group),
            "texts": [{"text": text, "in_force": text.in_force(at)} for text in group.texts.all()],
        }
        for group in queries.groups_with_texts()
    ]
    return render(request, "consents/groups.html", {"rows": rows})


@requires("consents.change")
def add_group(request: HttpRequest) -> HttpResponse:
    def save(given: dict[str, Any]) -> str:
        actions.add_group(by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return reverse("consents:groups")

    return form_page(request, GroupForm(request.POST or None), save, **_about(_("Add a group of consents")))


@requires("consents.change")
def draft(request: HttpRequest, group_id: int, copied_id: int | None = None) -> HttpResponse:
    """A new text, or a new version of one, copied from an earlier one."""
    group = queries.group_by_id(group_id)
    copied = queries.text_by_id(copied_id) if copied_id else None
    if copied is not None and copied.group_id != group.pk:
        raise Missing

    def save(given: dict[str, Any]) -> str:
        given.pop("version")
        text = actions.draft(group, by=actor_of(request), at=now(), copied_from=copied, **given)
        messages.success(request, _("Saved as a draft. It binds nobody until it is published."))
        return reverse("consents:text", args=[text.pk])

    form = TextForm(request.POST or None, initial=_values(copied) if copied else {})
    return form_page(request, form, save, **_about(_("Write a text")))


@requires("consents.change")
def text(request: HttpRequest, text_id: int) -> HttpResponse:
    shown = queries.text_by_id(text_id)
    context = {
        "text": shown,
        "in_force": shown.in_force(now()),
        "group": queries.group_name(shown.group),
        "given": shown.given.count(),
        "timeline": timeline(entries_of(shown).reverse()),
        "breadcrumbs": _trail((f"{shown.code} {shown.number}", "")),
    }
    return render(request, "consents/text.html", context)


@requires("consents.change")
def change(request: HttpRequest, text_id: int) -> HttpResponse:
    changed = queries.text_by_id(text_id)

    def save(given: dict[str, Any]) -> str:
        actions.change_draft(changed, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return reverse("consents:text", args=[changed.pk])

    form = TextForm(request.POST or None, initial=_values(changed))
    del form.fields["code"]
    return form_page(request, form, save, values=_values, **_about(_("Change the draft")))


@requires("consents.change")
def publish(request: HttpRequest, text_id: int) -> HttpResponse:
    published = queries.text_by_id(text_id)

    def save(given: dict[str, Any]) -> str:
        actions.publish_text(published, by=actor_of(request), at=now(), valid_from=given["valid_from"])
        messages.success(request, _("Published. It can no longer change."))
        return reverse("consents:text", args=[published.pk])

    return form_page(request, PublishForm(request.POST or None), save, **_about(_("Publish the text")))


@requires("consents.change")
def end(request: HttpRequest, text_id: int) -> HttpResponse:
    ended = queries.text_by_id(text_id)
    if request.method == "POST":
        actions.end_text(ended, by=actor_of(request), at=now())
        messages.success(request, _("The text is no longer in force."))
    return redirect("consents:text", ended.pk)


def _values(text: ConsentText) -> dict[str, Any]:
    names = ("code", "required", "text_pl", "text_en", "text_uk", "version")
    return {name: getattr(text, name) for name in names}


def _about(heading: str) -> dict[str, Any]:
    back = reverse("consents:groups")
    return {
        "heading": heading,
        "submit": _("Save"),
        "back": back,
        "breadcrumbs": _trail((heading, "")),
    }


def _trail(*crumbs: tuple[str, str]) -> list[dict[str, str]]:
    first = {"name": _("Consents"), "url": reverse("consents:groups")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]


# Who looked at whose data


@requires("looks.see")
def asked_looks(request: HttpRequest) -> HttpResponse:
    """By person and by clerk; the question itself is kept like any other look."""
    form = LooksForm(request.GET if request.GET else None)
    found: list[Any] = []
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        question = asked["about"] or asked["clerk"]
        looks.note_question(question, by=actor_of(request), at=now())
        found = list(queries.looks_asked(person_of(request), **asked)[:SHOWN])
    return render(request, "consents/looks.html", {"form": form, "found": found, "most": SHOWN})


# Retention


@requires("retention.run")
def due(request: HttpRequest) -> HttpResponse:
    """What would go now, rule by rule, and what went before."""
    at = now()
    rows = [
        {"rule": rule, "before": rule.before(at), "count": rule.due(at).count()}
        for rule in retention.all_rules()
    ]
    runs = queries.retention_runs()[:SHOWN_RUNS]
    return render(request, "consents/due.html", {"rows": rows, "runs": runs})


@requires("retention.run")
def due_by_rule(request: HttpRequest, code: str) -> HttpResponse:
    """The dry run of one rule; posting it, the deed."""
    at = now()
    rule = next((rule for rule in retention.all_rules() if rule.code == code), None)
    if rule is None:
        raise Missing
    if request.method == "POST":
        retention.order(rule, by=actor_of(request), at=at)
        messages.success(request, _("Removal has begun. Below you see how far it is."))
        return redirect("consents:due")
    context = {
        "rule": rule,
        "before": rule.before(at),
        "count": rule.due(at).count(),
        "going": islice(retention.would_go(rule, at), SHOWN),
        "shown": SHOWN,
    }
    return render(request, "consents/due_by_rule.html", context)
