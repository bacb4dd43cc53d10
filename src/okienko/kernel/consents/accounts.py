"""The retention rule of the kernel itself: accounts of residents that have ended."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from okienko.kernel.consents.models import ConsentGiven
from okienko.kernel.consents.retention import RetentionRule
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.actions import close_account
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import closed_with_data


def _forget(person: Person, by: Actor, at: datetime) -> None:
    ConsentGiven.objects.filter(person=person).update(contact="")
    close_account(person, by=Actor.system("retention"), at=at)


CLOSED_ACCOUNTS = RetentionRule(
    code="closed-accounts",
    name=_("Accounts of residents that have ended"),
    months=1,
    find_due=closed_with_data,
    forget=_forget,
    by_itself=True,
    describe=lambda person: f"{person.name} <{person.email}>",
)
