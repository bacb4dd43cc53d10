from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.actions import Recipient, send
from okienko.kernel.people.events import StaffMemberInvited
from okienko.kernel.people.models import Person

SECONDS_OF_DAY = 86_400


def invite_by_mail(event: StaffMemberInvited) -> None:
    person = Person.objects.get(pk=event.person_id)
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    send(
        "people.invited",
        to=Recipient(person=person),
        subject=person,
        data={
            "name": person.name,
            "link": f"{settings.PUBLIC_ADDRESS}{path}",
            "days": settings.PASSWORD_RESET_TIMEOUT // SECONDS_OF_DAY,
        },
        cause=f"people.invited:{person.pk}",
        by=Actor.system("people"),
        at=event.at,
    )
