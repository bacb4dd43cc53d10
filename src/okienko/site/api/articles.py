"""The knowledge base: read by everybody as far as it is meant for them, written by those who may."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from okienko.base.time import now
from okienko.kernel.history.api import version_needed
from okienko.kernel.knowledge import actions, queries
from okienko.kernel.knowledge.forms import ArticleForm
from okienko.kernel.knowledge.models import Article
from okienko.kernel.people.access import actor_of
from okienko.site.api.checking import LARGEST_ID, Given, Version, checked, demand, told

router = Router(tags=["articles"])
MOST = 200
FIELDS = ("title", "body", "audience", "language")


class ArticleOut(Schema):
    id: int
    title: str
    body: str
    audience: str
    language: str
    state: str
    changed_at: datetime
    published_at: datetime | None
    version: int


class ArticleIn(Given):
    title: str
    body: str
    audience: Article.Audience
    language: str = "pl"


class ArticleChangeIn(Given):
    title: str = ""
    body: str = ""
    audience: Article.Audience = Article.Audience.STAFF
    language: str = "pl"
    published: bool = True
    version: Version | None = None


def _read(given: dict[str, Any]) -> dict[str, Any]:
    read = checked(ArticleForm(given))
    return {name: read[name] for name in FIELDS}


@router.get(
    "/articles", response=list[ArticleOut], summary="Articles that one may read; `q` for words in any form"
)
def list_articles(request: HttpRequest, q: str = "") -> Any:
    found = queries.visible_to(request.user)
    return (queries.searched(found, q[:200]) if q.strip() else found)[:MOST]


@router.post(
    "/articles", response={201: ArticleOut}, summary="Write an article: a draft until it is published"
)
def write_article(request: HttpRequest, response: HttpResponse, given: ArticleIn) -> Any:
    demand(request, actions.PERMISSION)
    made = actions.write(by=actor_of(request), at=now(), **_read(given.model_dump()))
    return told(response, made)


@router.get("/articles/{int:article_id}", response=ArticleOut, summary="One article")
def read_article(request: HttpRequest, response: HttpResponse, article_id: int) -> Article:
    return told(response, queries.article_for(request.user, min(article_id, LARGEST_ID)))


@router.patch(
    "/articles/{int:article_id}", response=ArticleOut, summary="Change an article, publish or withdraw it"
)
def change_article(
    request: HttpRequest, response: HttpResponse, article_id: int, given: ArticleChangeIn
) -> Article:
    """What is left out stays as it is; changed first, then published or withdrawn, or neither."""
    article = queries.article_for(request.user, min(article_id, LARGEST_ID))
    demand(request, actions.PERMISSION)
    version, by, at = version_needed(request, given.version), actor_of(request), now()
    asked = given.model_dump(exclude_unset=True, exclude={"version", "published"})
    wanted = given.published if "published" in given.model_fields_set else article.is_published
    read = _read({name: getattr(article, name) for name in FIELDS} | asked)
    return told(response, actions.revise(article.pk, published=wanted, by=by, at=at, version=version, **read))
