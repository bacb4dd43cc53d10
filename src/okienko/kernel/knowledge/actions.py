from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.events import publish
from okienko.base.lemmas import document_words
from okienko.base.text import sort_key
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.knowledge import markup
from okienko.kernel.knowledge.events import ArticlePublished, ArticleWithdrawn
from okienko.kernel.knowledge.models import Article, Version
from okienko.kernel.people.access import demand

PERMISSION = "knowledge.change"


@atomic
def write(*, by: Actor, at: datetime, title: str, body: str, audience: str, language: str = "pl") -> Article:
    """A draft: nobody but those who write sees it."""
    demand(by, PERMISSION)
    article = Article.objects.create(
        title=title,
        sort_key=sort_key(title),
        body=body,
        audience=audience,
        language=language,
        written_at=at,
        changed_at=at,
    )
    _keep(article, by, at)
    record(article, "article.written", by=by, at=at, after={"title": title, "audience": audience})
    return article


@atomic
def change(article_id: int, *, by: Actor, at: datetime, version: int, **values: Any) -> Article:
    demand(by, PERMISSION)
    article = _locked(article_id)
    changes.check_version(article, version)
    before, after = changes.apply(article, values)
    if not after:
        return article
    article.sort_key = sort_key(article.title)
    article.changed_at = at
    article.version += 1
    article.save()
    _keep(article, by, at)
    record(article, "article.changed", by=by, at=at, before=before, after=after)
    return article


@atomic
def publish_article(article_id: int, *, by: Actor, at: datetime, version: int) -> Article:
    demand(by, PERMISSION)
    article = _locked(article_id)
    changes.check_version(article, version)
    if article.is_published:
        raise Refused(_("This article is already published."), code="published-already")
    article.state, article.published_at = Article.State.PUBLISHED, at
    article.version += 1
    article.save()
    record(article, "article.published", by=by, at=at, after={"title": article.title})
    publish(ArticlePublished(article.pk, at))
    return article


@atomic
def withdraw(article_id: int, *, by: Actor, at: datetime, version: int) -> Article:
    demand(by, PERMISSION)
    article = _locked(article_id)
    changes.check_version(article, version)
    if not article.is_published:
        raise Refused(_("This article is not published."), code="not-published")
    article.state = Article.State.DRAFT
    article.version += 1
    article.save()
    record(article, "article.withdrawn", by=by, at=at, after={"title": article.title})
    publish(ArticleWithdrawn(article.pk, at))
    return article


@atomic
def revise(
    article_id: int, *, published: bool, by: Actor, at: datetime, version: int, **values: Any
) -> Article:
    """Changed, and published or withdrawn, in one go."""
    article = change(article_id, by=by, at=at, version=version, **values)
    if published != article.is_published:
        turn = publish_article if published else withdraw
        article = turn(article_id, by=by, at=at, version=article.version)
    return article


def _locked(article_id: int) -> Article:
    article = Article.objects.select_for_update().filter(pk=article_id).first()
    if article is None:
        raise Missing
    return article


def _keep(article: Article, by: Actor, at: datetime) -> None:
    """The version for ever, and the words under which the article is found: those of its title weigh more."""
    Version.objects.create(
        article=article,
        number=article.version,
        title=article.title,
        body=article.body,
        written_at=at,
        author=by.label,
    )
    title = document_words(article.title)
    rest = set(document_words(markup.plain(article.body))) - set(title)
    weighed = [f"{_quoted(word)}:1A" for word in title if word]
    weighed += [f"{_quoted(word)}:2D" for word in sorted(rest) if word]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE knowledge_article SET words = %s::tsvector WHERE id = %s", [" ".join(weighed), article.pk]
        )


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
