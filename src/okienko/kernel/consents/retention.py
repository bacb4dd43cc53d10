"""Personal data live as long as their rule says; then they go, with their traces, and the numbers stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from okienko.base.jobs import defer
from okienko.kernel.consents.models import ConsentGiven, RetentionRun
from okienko.kernel.consents.rules import cutoff
from okienko.kernel.history import actions as history
from okienko.kernel.history.actions import subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand

BATCH = 200


@dataclass(frozen=True)
class RetentionRule:
    """
    name          in words, with the paragraph that it comes from
    months        how long data live after their end
    whole_months  whether the month of the end itself does not count
    find_due      what ended before a moment and still holds personal data: what was forgotten is not found again
    forget        removes the personal data of one subject itself, inside the engine's transaction
    describe      how one subject is called in a dry run
    by_itself     every night; otherwise somebody looks at the list and confirms it
    permission    what one must hold to confirm it
    """

    code: str
    name: Any
    months: int
    find_due: Callable[[datetime], QuerySet[Any]]
    forget: Callable[[Any, Actor, datetime], None]
    whole_months: bool = False
    describe: Callable[[Any], str] = str
    by_itself: bool = False
    permission: str = "retention.run"

    def before(self, at: datetime) -> datetime:
        return cutoff(at, self.months, whole_months=self.whole_months)

    def due(self, at: datetime) -> QuerySet[Any]:
        return self.find_due(self.before(at)).order_by("pk")


Forget = Callable[[models.Model, Actor, datetime], None]
_rules: dict[str, RetentionRule] = {}
_traces: list[Forget] = []


def register(rule: RetentionRule) -> None:
    if _rules.setdefault(rule.code, rule) != rule:
        raise ValueError(f"retention rule {rule.code} is described twice")


def traces(forget: Forget) -> None:
    """A module that keeps traces of what others own (messages, files, words of search) says how they go."""
    if forget not in _traces:
        _traces.append(forget)


def all_rules() -> list[RetentionRule]:
    return sorted(_rules.values(), key=lambda rule: rule.code)


def would_go(rule: RetentionRule, at: datetime) -> Iterator[tuple[int, str]]:
    """The dry run: exactly the subjects that `run` would take."""
    for subject in rule.due(at).iterator(chunk_size=BATCH):
        yield subject.pk, rule.describe(subject)


@atomic
def order(rule: RetentionRule, *, by: Actor, at: datetime) -> RetentionRun:
    """Removal is asked for here and carried out by a worker: nobody waits at a page for a hundred thousand."""
    made = _begin(rule, by=by, at=at)
    defer("okienko.kernel.consents.jobs.remove", run_id=made.pk)
    return made


def run(rule: RetentionRule, *, by: Actor, at: datetime, clock: Callable[[], datetime]) -> RetentionRun:
    return carry_out(_begin(rule, by=by, at=at), by=by, clock=clock)


@atomic
def _begin(rule: RetentionRule, *, by: Actor, at: datetime) -> RetentionRun:
    demand(by, rule.permission)
    return RetentionRun.objects.create(rule=rule.code, started_at=at, before=rule.before(at), by=by.label)


def carry_out(made: RetentionRun, *, by: Actor, clock: Callable[[], datetime]) -> RetentionRun:
    """Subject by subject, each whole or not at all: killed at any point, whoever takes it up goes on from there."""
    rule = _rules[made.rule]
    while True:
        due = rule.find_due(made.before).order_by("pk")
        keys = list(due.values_list("pk", flat=True)[:BATCH])
        gone = sum(_forget_one(rule, made, key, by=by, at=clock()) for key in keys)
        if not gone:
            break
    RetentionRun.objects.filter(pk=made.pk, finished_at__isnull=True).update(finished_at=clock())
    made.refresh_from_db()
    return made


@atomic
def _forget_one(rule: RetentionRule, made: RetentionRun, key: int, *, by: Actor, at: datetime) -> bool:
    """Found once more under lock: another run may have been faster."""
    subject = rule.find_due(made.before).filter(pk=key).select_for_update(of=("self",)).first()
    if subject is None:
        return False
    rule.forget(subject, by, at)
    for forget in _traces:
        forget(subject, by, at)
    type_, id_ = subject_key(subject)
    ConsentGiven.objects.filter(subject_type=type_, subject_id=id_).update(contact="")
    history.forget(subject, by=by, at=at)
    RetentionRun.objects.filter(pk=made.pk).update(removed=models.F("removed") + 1)
    return True
