from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import override

from okienko.base.decisions import Missing, Refused
from okienko.features.faults.letters import printing, queries
from okienko.features.faults.letters.models import Letter
from okienko.features.faults.letters.notices import SENT
from okienko.features.faults.letters.rules import Paper
from okienko.features.faults.queries import report_of
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import lock
from okienko.kernel.documents import actions as documents
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages.actions import Attachment, Recipient, send
from okienko.kernel.people.models import Person

# Servers of others take no more in one e-mail.
MOST_BY_MAIL = 10_000_000


@atomic
def print_letter(
    case_id: int, paper: Paper, *, by: Actor, at: datetime, person: Person, title: str, text: str, addressee: str,
    signer: str, address: str = "", role: str = "", email: str = "", enclosed: Collection[int] = (),
) -> Letter:  # fmt: skip
    """The paper is kept with the report for good, and goes out by e-mail with what it encloses, or neither."""
    case = lock(case_id, visible_to_person=person)
    found = queries.printable(case, person)
    if found is None or paper not in found.papers:
        raise Missing
    report = report_of(case)
    files = list(documents_of(case).filter(pk__in=enclosed))
    version = queries.next_version(report, paper)
    content = printing.letter(
        report, paper, title=title, text=text, addressee=addressee, address=address, signer=signer, role=role,
        enclosed=[one.name for one in files], version=version, at=at,
    )  # fmt: skip
    name = f"{_name_of(paper)}-{case.number}-{version}.pdf"
    document = documents.attach(case, content, by=by, at=at, name=name, kind=Document.Kind.PRINTOUT)
    letter = Letter.objects.create(
        report=report, kind=paper.value, version=version, document=document, addressee=addressee, email=email,
        signer=signer, printed_at=at, printed_by_id=by.person_id,
    )  # fmt: skip
    told = {"kind": paper.value, "version": version, "addressee": addressee}
    record(case, "letter.printed", by=by, at=at, after=told | ({"sent_to": email} if email else {}))
    if email:
        _send(case, letter, title, report.rpw, Attachment(name, "application/pdf", content), files, by, at)
    return letter


def _name_of(paper: Paper) -> str:
    with override(queries.LANGUAGE):
        return str(Letter.Kind(paper.value).label).replace(" ", "-")


def _send(
    case: Case, letter: Letter, title: str, rpw: str, paper: Attachment, files: list[Document], by: Actor, at: datetime
) -> None:  # fmt: skip
    if len(paper.content) + sum(one.size for one in files) > MOST_BY_MAIL:
        words = _("These files are too large for one e-mail. Choose fewer, or send the letter without them.")
        raise Refused(words, code="mail-too-large", field="enclosed")
    attached = [paper]
    for one in files:
        with default_storage.open(one.stored_as) as file:
            attached.append(Attachment(one.name, one.media_type, file.read()))
    send(
        SENT.code, to=Recipient(email=letter.email), subject=case, cause=f"letter:{letter.pk}", by=by, at=at,
        data={"number": case.spoken_number, "rpw": rpw or "–", "title": title}, attachments=attached,
    )  # fmt: skip
