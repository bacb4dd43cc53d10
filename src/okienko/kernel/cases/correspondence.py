"""What messages need to know of cases: their numbers, who they belong to, who may see them."""

from __future__ import annotations

from django.urls import reverse

from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.messages.declaring import About


def _by_id(case_id: int) -> Case | None:
    return Case.objects.filter(pk=case_id).first()


def _by_number(number: str) -> Case | None:
    return Case.objects.filter(number=number).first()


def _knows(case: Case, address: str) -> bool:
    """Only a letter from an address that the case has may join it by its number alone."""
    theirs = {case.contact_email.lower()}
    if case.requester is not None:
        theirs.add(case.requester.email.lower())
    return bool(address) and address.lower() in theirs


ABOUT = About(
    by_id=_by_id,
    number_of=lambda case: case.number,
    by_number=_by_number,
    knows=_knows,
    visible=visible_to,
    address_of=lambda case: reverse("cases:case", args=[case.number]),
    holder=lambda case: (case.unit_id, case.group_id),
    takes=lambda case: not case.forgotten,
)
