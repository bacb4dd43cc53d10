"""Mail from an IMAP box: imaps://user:password@host/INBOX, imap://user:password@host:143/INBOX?tls=no.

A mail is fetched by its number in the box, without marking it; kept in one transaction with how far the box
has been read; only then marked as seen. Killed anywhere between, the next run finds it again, or finds
that it is here.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.db import DatabaseError

from okienko.kernel.history.actors import Actor
from okienko.kernel.messages import actions
from okienko.kernel.messages.actions.incoming import could_not_settle
from okienko.kernel.messages.gateways.tls import trust
from okienko.kernel.messages.models import IncomingMail, Mailbox

Clock = Callable[[], datetime]
SECONDS = 60
MOST_BYTES = 40_000_000
MOST_TRIES = 5
BATCH = 500
ACTOR = Actor.system("mail")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def fetch(url: str, *, clock: Clock) -> int:
    """New mails of the box, kept; the number of them. What is wrong with the box stands with it."""
    where = urlsplit(url)
    folder = unquote(where.path.strip("/")) or "INBOX"
    mailbox, _new = Mailbox.objects.get_or_create(
        address=f"{unquote(where.username or '')}@{where.hostname}/{folder}"
    )
    try:
        box = _open(url)
        try:
            count = _read(box, mailbox, folder, clock)
        finally:
            _leave(box)
    except (OSError, imaplib.IMAP4.error) as error:
        Mailbox.objects.filter(pk=mailbox.pk).update(problem=f"{type(error).__name__}: {error}"[:1000])
        return 0
    Mailbox.objects.filter(pk=mailbox.pk).update(problem="", read_at=clock())
    return count


def _open(url: str) -> imaplib.IMAP4:
    where = urlsplit(url)
    host, secure = where.hostname or "localhost", where.scheme == "imaps"
    box: imaplib.IMAP4 = (
        imaplib.IMAP4_SSL(host, where.port or 993, ssl_context=trust(), timeout=SECONDS)
        if secure
        else imaplib.IMAP4(host, where.port or 143, timeout=SECONDS)
    )
    try:
        if not secure and parse_qs(where.query).get("tls") != ["no"]:
            box.starttls(trust())
        box.login(unquote(where.username or ""), unquote(where.password or ""))
    except (OSError, imaplib.IMAP4.error):
        box.shutdown()
        raise
    return box


def _leave(box: imaplib.IMAP4) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error):
        box.shutdown()


def _read(box: imaplib.IMAP4, mailbox: Mailbox, folder: str, clock: Clock) -> int:
    _sure(box.select(f'"{folder}"'))
    said = box.response("UIDVALIDITY")[1]
    validity = int(said[0]) if said and said[0] else 0
    if validity != mailbox.validity:
        # The box numbers its mails anew: all are looked at again, and those that are here are known by their content.
        mailbox.validity, mailbox.last_uid = validity, 0
        mailbox.save(update_fields=["validity", "last_uid"])
    count = 0
    for uid in _new_uids(box, mailbox.last_uid):
        count += _keep(box, mailbox, uid, clock())
    return count


def _new_uids(box: imaplib.IMAP4, last: int) -> Iterator[int]:
    found = b" ".join(
        part for part in _sure(box.uid("SEARCH", f"UID {last + 1}:*")) if isinstance(part, bytes)
    )
    # A server answers “5:*” with the last mail even when its number is 4.
    yield from sorted(uid for uid in map(int, found.split()) if uid > last)[:BATCH]


def _keep(box: imaplib.IMAP4, mailbox: Mailbox, uid: int, at: datetime) -> bool:
    sizes = _sure(box.uid("FETCH", str(uid), "(RFC822.SIZE)"))
    size = _SIZE.search(b" ".join(part for part in sizes if isinstance(part, bytes)))
    too_big = size is not None and int(size[1]) > MOST_BYTES
    parts = _sure(box.uid("FETCH", str(uid), "(BODY.PEEK[HEADER])" if too_big else "(BODY.PEEK[])"))
    source = next((part[1] for part in parts if isinstance(part, tuple)), None)
    if source is None:
        return False  # it has been removed from the box in the meantime
    kept = actions.take_in(mailbox, source, uid=uid, by=ACTOR, at=at, too_big=too_big)
    if not too_big:
        box.uid("STORE", str(uid), "+FLAGS", r"(\Seen)")
    return kept is not None


def _sure(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(str(answer[1]))
    return answer[1]


def settle_all(*, clock: Clock) -> int:
    """Place every mail that has come. One that cannot be placed does not stand in the way of the next."""
    waiting = IncomingMail.objects.filter(state=IncomingMail.State.RECEIVED, next_try_at__lte=clock())
    ids = list(waiting.order_by("received_at", "id").values_list("pk", "tries"))
    for incoming_id, tries in ids:
        try:
            actions.settle(incoming_id, by=ACTOR, at=clock())
        except DatabaseError:
            raise
        except Exception as error:
            last = tries + 1 >= MOST_TRIES
            again = None if last else clock() + timedelta(minutes=5**tries)
            could_not_settle(
                incoming_id,
                f"{type(error).__name__}: {error}"[:500],
                by=ACTOR,
                at=clock(),
                try_again_at=again,
            )
    return len(ids)
