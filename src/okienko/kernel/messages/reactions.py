from __future__ import annotations

from django.conf import settings

from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.actions import Recipient, send
from okienko.kernel.people.events import StaffMemberInvited
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import password_path

SECONDS_OF_DAY = 86_400


def invite_by_mail(event: StaffMemberInvited) -> None:
    person = Person.objects.get(pk=event.person_id)
    send(
        "people.invited",
        to=Recipient(person=person),
        subject=person,
        data={
            "name": person.name,
            "link": f"{settings.PUBLIC_ADDRESS}{password_path(person)}",
            "days": settings.PASSWORD_RESET_TIMEOUT // SECONDS_OF_DAY,
        },
        cause=f"people.invited:{person.pk}",
        by=Actor.system("people"),
        at=event.at,
    )
