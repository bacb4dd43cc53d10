"""The piece of work that a browser does before it books: little for one visit, much for a thousand.

The task is bound to one hold and to the moment at which it ends, and a hold becomes one booking: work is good once.
"""

from __future__ import annotations

from hashlib import sha256
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from okienko.kernel.people.access import may
from okienko.kernel.people.network import caller, client_address
from okienko.kernel.slots.models import Claim

LONGEST_ANSWER = 32


def bits() -> int:
    """How many zero bits the digest begins with; 0 asks for no work."""
    return int(settings.VISITS_WORK_BITS)


def task(claim: Claim) -> str:
    return task_for(f"{claim.pk}:{claim.key}:{claim.expires_at}")


def task_for(told: str) -> str:
    return salted_hmac("okienko.visits.work", told, algorithm="sha256").hexdigest()


def is_done(claim: Claim, answer: str) -> bool:
    return solves(task(claim), answer)


def solves(task: str, answer: str) -> bool:
    if not bits():
        return True
    if not answer.isascii() or not answer.isdigit() or len(answer) > LONGEST_ANSWER:
        return False
    digest = sha256(f"{task}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (len(digest) * 8 - bits()) == 0


def network_mark(request: HttpRequest) -> str:
    """From where it is asked: the address itself is not kept, only what it hashes to."""
    return salted_hmac("okienko.visits.network", caller(request), algorithm="sha256").hexdigest()


def limited_network(request: HttpRequest) -> str:
    """The same where it is limited: not for staff who book for others, nor for networks that the office lets off."""
    if may(request.user, "visits.book"):
        return ""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return network_mark(request)
    let_off = any(address in network for network in settings.VISITS_NETWORKS_LET_OFF)
    return "" if let_off else network_mark(request)
