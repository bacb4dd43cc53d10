from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okienko.base import time
from okienko.base.decisions import Refused, Stale
from okienko.kernel.knowledge import actions, markup, queries, search
from okienko.kernel.knowledge.forms import ArticleForm
from okienko.kernel.knowledge.models import Article
from okienko.kernel.people.access import actor_of, may, requires
from okienko.kernel.people.models import Person
from okienko.ui.forms.cleaning import clean_text

LONGEST_SEARCH = 200
SHOWN_HITS = 10
SUGGESTED = 3
SHOWN_ARTICLES = 200


def _typed(request: HttpRequest) -> str:
    return clean_text(request.GET.get("q", ""))[:LONGEST_SEARCH].strip()


def _frame(request: HttpRequest) -> dict[str, Any]:
    staff = isinstance(request.user, Person) and request.user.is_staff_member
    return {"frame": "ui/clerk.html" if staff else "ui/resident.html", "search_text": _typed(request)}


def search_page(request: HttpRequest) -> HttpResponse:
    """Everything that the words find, grouped; a whole number of a case leads straight to it."""
    typed = _typed(request)
    case = search.case_of_number(request.user, typed)
    if case is not None:
        return redirect("cases:case", case.number)
    groups = search.everything(request.user, typed, SHOWN_HITS)
    return render(request, "knowledge/search.html", {**_frame(request), "groups": groups})


def suggestions(request: HttpRequest) -> HttpResponse:
    """A part of the page, while somebody types."""
    groups = search.everything(request.user, _typed(request), SUGGESTED)
    return render(request, "knowledge/hits.html", {"groups": groups, "search_text": _typed(request)})


def articles(request: HttpRequest) -> HttpResponse:
    shown, typed = queries.visible_to(request.user), _typed(request)
    if typed:
        shown = queries.searched(shown, typed)
    found = [
        {"article": one, "text": markup.snippet(markup.plain(one.body), typed)}
        for one in shown[:SHOWN_ARTICLES]
    ]
    context = {"found": found, "may_change": may(request.user, actions.PERMISSION)}
    return render(request, "knowledge/articles.html", {**_frame(request), **context})


def article(request: HttpRequest, article_id: int) -> HttpResponse:
    shown = queries.article_for(request.user, article_id)
    may_change = may(request.user, actions.PERMISSION)
    context = {
        "article": shown,
        "text": markup.html(shown.body),
        "may_change": may_change,
        "versions": shown.versions.all() if may_change else [],
        "breadcrumbs": _trail((shown.title, "")),
    }
    return render(request, "knowledge/article.html", {**_frame(request), **context})


@requires(actions.PERMISSION)
def write(request: HttpRequest) -> HttpResponse:
    form = ArticleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        made = actions.write(by=actor_of(request), at=time.now(), **given)
        messages.success(request, _("The draft has been saved. Nobody else sees it until you publish it."))
        return redirect("knowledge:article", made.pk)
    context = {"form": form, "breadcrumbs": _trail((_("New article"), ""))}
    return render(request, "knowledge/write.html", context)


@requires(actions.PERMISSION)
def change(request: HttpRequest, article_id: int) -> HttpResponse:
    shown = queries.article_for(request.user, article_id)
    names = ("title", "body", "audience", "language")
    initial = {name: getattr(shown, name) for name in (*names, "version")}
    form = ArticleForm(request.POST or None, initial=initial)
    stale: Article | None = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(
                shown.pk,
                by=actor_of(request),
                at=time.now(),
                version=form.cleaned_data["version"] or 0,
                **{name: form.cleaned_data[name] for name in names},
            )
        except Stale as error:
            stale = queries.article_for(request.user, article_id)
            form.refuse(error)
            form.go_on_from(stale.version)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The article has been changed."))
            return redirect("knowledge:article", shown.pk)
    here = reverse("knowledge:article", args=[shown.pk])
    context = {"form": form, "stale": stale, "breadcrumbs": _trail((shown.title, here), (_("Change"), ""))}
    return render(request, "knowledge/write.html", context, status=409 if stale else 200)


@require_POST
@requires(actions.PERMISSION)
def publish(request: HttpRequest, article_id: int) -> HttpResponse:
    return _turn(request, article_id, actions.publish_article, _("The article is published."))


@require_POST
@requires(actions.PERMISSION)
def withdraw(request: HttpRequest, article_id: int) -> HttpResponse:
    return _turn(request, article_id, actions.withdraw, _("The article is a draft again."))


def _turn(request: HttpRequest, article_id: int, turn: Any, said: str) -> HttpResponse:
    shown = queries.article_for(request.user, article_id)
    version = request.POST.get("version", "")
    try:
        turn(
            shown.pk,
            by=actor_of(request),
            at=time.now(),
            version=int(version) if version.isascii() and version.isdigit() else 0,
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("knowledge:article", shown.pk)


def _trail(*crumbs: tuple[str, str]) -> list[dict[str, str]]:
    first = {"name": _("Knowledge base"), "url": reverse("knowledge:articles")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]
