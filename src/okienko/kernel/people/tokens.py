"""A program at the door: the token that it shows, and the person for whom it acts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest

from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import ApiToken, Person
from okienko.kernel.people.queries import token_holder

BEGINNING = "okn_"
LONGEST = 200
NOTED_EVERY = timedelta(minutes=1)


def token_shown(authorization: str, *, at: datetime) -> ApiToken | None:
    """The valid token in a header `Authorization: Bearer okn_…`; its use is noted at most once a minute."""
    scheme, _, secret = authorization.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret.startswith(BEGINNING) or len(secret) > LONGEST:
        return None
    token = token_holder(secret, at=at)
    if token is not None:
        _note_use(token, at)
    return token


def token_in(request: HttpRequest, authorization: str, *, at: datetime) -> ApiToken | None:
    """The same, looked up once however many ask in the course of one request."""
    known: dict[str, ApiToken | None] = request.__dict__.setdefault("_tokens_shown", {})
    if authorization not in known:
        known[authorization] = token_shown(authorization, at=at)
    return known[authorization]


def _note_use(token: ApiToken, at: datetime) -> None:
    if token.last_used_at is None or token.last_used_at <= at - NOTED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)


def holder_of(token: ApiToken) -> Person:
    """The person with no more rights than the token has."""
    person = token.person
    person.token_scopes = frozenset(token.scopes)
    return person


def actor_of(token: ApiToken) -> Actor:
    return Actor(token.person_id, token.person.name, "api", frozenset(token.scopes))
