from __future__ import annotations

from django.db.models import Q, QuerySet

from okienko.base.decisions import Missing
from okienko.base.lemmas import query as words_query
from okienko.kernel.knowledge.models import Article
from okienko.kernel.people.access import Someone, may
from okienko.kernel.people.models import Person


def visible_to(person: Someone) -> QuerySet[Article]:
    """Published ones for everybody; those for staff to staff; drafts to those who write."""
    if may(person, "knowledge.change"):
        return Article.objects.all()
    published = Q(state=Article.State.PUBLISHED)
    if not (isinstance(person, Person) and person.is_staff_member):
        published &= Q(audience=Article.Audience.RESIDENTS)
    return Article.objects.filter(published)


def article_for(person: Someone, article_id: int) -> Article:
    found = visible_to(person).filter(pk=article_id).first()
    if found is None:
        raise Missing
    return found


def searched(articles: QuerySet[Article], typed: str) -> QuerySet[Article]:
    """Those that hold all the words, in any form, those with the words in their title first."""
    words = words_query(typed)
    if not words:
        return articles.none()
    return articles.extra(
        where=["knowledge_article.words @@ %s::tsquery"],
        params=[words],
        select={"rank": "ts_rank(knowledge_article.words, %s::tsquery)"},
        select_params=[words],
        order_by=["-rank", "sort_key", "id"],
    )
