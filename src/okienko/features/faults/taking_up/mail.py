"""An e-mail that belongs to no case becomes a report, which waits for an operator with the mail beside it."""

from __future__ import annotations

from okienko.features.faults.actions.reports import report_fault
from okienko.features.faults.queries import category_of_mail
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.declaring import IncomingMessage
from okienko.kernel.messages.models import IncomingMail

LONGEST = 20_000
BY = Actor.system("mail")


def take_mail(incoming: IncomingMessage) -> Case | None:
    """Machines are recognised before; a mail is left to others where no category takes mails.

    Its files are attached by who offers it.
    """
    category = category_of_mail()
    if category is None:
        return None
    mail = incoming.mail
    return report_fault(
        by=BY,
        at=IncomingMail.objects.values_list("received_at", flat=True).get(pk=incoming.id),
        channel=Channel.MAIL,
        category=category,
        subject=mail.subject or category.name,
        description=mail.text[:LONGEST],
        contact_name=mail.sender_name,
        contact_email=mail.sender,
        wants_answer=bool(mail.sender),
    )
