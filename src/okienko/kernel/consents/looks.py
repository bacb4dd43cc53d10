"""Who looked at whose data."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, models

from okienko.kernel.consents import rules
from okienko.kernel.consents.models import Look
from okienko.kernel.history.actions import subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic

SAME_LOOK = timedelta(minutes=10)


@atomic
def note(subject: models.Model, *, by: Actor, at: datetime, about: str = "") -> None:
    """One insert; looking again within minutes is the same look. Parts of the system look at nobody.

    `about` says whose data: an e-mail or phone as typed by the person, or the e-mail of the account.
    """
    if by.person_id is None:
        return
    type_, id_ = subject_key(subject)
    _insert(by, type_, id_, about, at)


@atomic
def note_question(question: str, *, by: Actor, at: datetime) -> None:
    """Asking the log is a look too: whoever asks about somebody is found by the same question."""
    if by.person_id is not None:
        _insert(by, Look._meta.label_lower, 0, question, at)


def _insert(by: Actor, type_: str, id_: int, about: str, at: datetime) -> None:
    about = rules.whose(about)[:254]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO consents_look (clerk_id, subject_type, subject_id, about, at, channel)
            SELECT %(clerk)s, %(type)s, %(id)s, %(about)s, %(at)s, %(channel)s
            WHERE NOT EXISTS (
                SELECT 1 FROM consents_look
                WHERE clerk_id = %(clerk)s AND subject_type = %(type)s AND subject_id = %(id)s
                  AND about = %(about)s AND at > %(since)s
            )
            """,
            {
                "clerk": by.person_id, "type": type_, "id": id_, "about": about, "at": at,
                "channel": by.channel, "since": at - SAME_LOOK,
            },
        )  # fmt: skip
