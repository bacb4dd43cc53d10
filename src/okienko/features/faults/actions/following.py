"""What reporters and others do with a report after it has come in, and what a clerk lets everybody see of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.faults.models import Enquiry, Joined, Report, Source
from okienko.features.faults.queries import joined_already
from okienko.features.faults.reactions import tell_of_enquiry
from okienko.kernel.cases.actions import CONTACT
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import lock
from okienko.kernel.cases.words import index_words
from okienko.kernel.documents import actions as documents
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actions import forget, record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages.actions import Recipient
from okienko.kernel.messages.actions import forget as forget_messages
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group

SHORTEST_STEM = 3  # of a name: shorter ones stand in every second sentence


@atomic
def join(
    report: Report, key: str, *, by: Actor, at: datetime, person: Person | None = None, email: str = "",
    phone: str = "", language: str = "pl",
) -> bool:  # fmt: skip
    """“This one, me too”: each person once, by whatever is known of the person."""
    case = lock(report.pk, visible_to_person=None)
    case.refuse_forgotten()
    if joined_already(report, key, person, email, phone):
        return False
    Joined.objects.create(
        report=report, key=key, person=person, email=email, phone=phone, language=language, joined_at=at
    )
    record(case, "fault.joined", by=by, at=at, after={"joined": report.joined.count()})
    return True


@atomic
def leave(report: Report, key: str, *, by: Actor, at: datetime) -> None:
    """Whoever joined is told of nothing more: the address goes, and what was sent to it. That they joined stays."""
    case = lock(report.pk, visible_to_person=None)
    for one in report.joined.filter(key=key):
        forget_messages(case, by=by, at=at, to=Recipient(email=one.email, phone=one.phone))
        one.person, one.email, one.phone = None, "", ""
        one.save()
    record(case, "fault.left", by=by, at=at)


@atomic
def add_photos(case: Case, photos: Sequence[UploadedFile[Any]], *, by: Actor, at: datetime) -> None:
    if not case.open:
        raise Refused(_("This report has already ended."), code="ended-already", field="attachments")
    report = Report.objects.select_related("category").get(case=case)
    for photo in documents.attach_all(case, photos, by=by, at=at):
        if report.category.release_photos and photo.is_picture:
            documents.publish_document(photo, public=True, subject=case, by=by, at=at)


@atomic
def withdraw_contact(case_id: int, *, by: Actor, at: datetime) -> Case:
    """Consent is withdrawn: contact data go at once, from all that was made of what came as one, from their records
    and from what was written; the reports themselves go on, and so does what is known of how they were handled."""
    first = Report.objects.values_list("first_id", flat=True).get(pk=case_id)
    parts = set(Report.objects.filter(first=first).values_list("pk", flat=True)) if first else set()
    cases = {pk: _without_contact(pk, by=by, at=at) for pk in sorted(parts | {case_id})}
    return cases[case_id]


def _without_contact(case_id: int, *, by: Actor, at: datetime) -> Case:
    case = lock(case_id, visible_to_person=None)
    reporter = Recipient(email=case.contact_email, phone=case.contact_phone)
    said = _which_say([case.contact_email, case.contact_phone, *case.contact_name.split()])
    case.contact_name = case.contact_email = case.contact_phone = ""
    case.wants_answer, case.requester = False, None
    case.version, case.changed_at = case.version + 1, at
    case.save()
    Source.objects.filter(report=case.pk).update(contact=[])
    for followed in Report.objects.filter(joined__key=case.follow_key):
        leave(followed, case.follow_key, by=by, at=at)
    index_words(case)
    forget_messages(case, by=by, at=at, to=reporter)
    forget(case, by=by, at=at, kind="fault.contact_withdrawn", which=said)
    return case


def _which_say(words: Collection[str]) -> Q:
    """Entries with fields of contact, or with a word of them, in whichever case, anywhere in what somebody wrote."""
    found = Q(before__has_any_keys=CONTACT) | Q(after__has_any_keys=CONTACT)
    for word in words:
        if len(stem := word[:-1]) >= SHORTEST_STEM:
            found |= Q(note__icontains=stem) | Q(before__icontains=stem) | Q(after__icontains=stem)
    return found


@atomic
def ask(
    case_id: int, words: str, *, by: Actor, at: datetime, person: Person | None = None, done: str = "",
    expected: str = "",
) -> Enquiry:  # fmt: skip
    """Somebody asks how it stands. Of a finished report the coordinator is asked; otherwise whoever has it."""
    if by.person_id is not None:
        demand(by, "faults.register")
    case = lock(case_id, visible_to_person=person)
    case.refuse_forgotten()
    enquiry = Enquiry.objects.create(
        report_id=case.pk, asked_at=at, words=words, done=done, expected=expected,
        group=case.group if case.open else _coordinators_of(case),
    )  # fmt: skip
    record(
        case, "fault.asked", by=by, at=at, note=words,
        after={"done": done, "expected": expected, "group": enquiry.group.symbol if enquiry.group else None},
    )  # fmt: skip
    tell_of_enquiry(enquiry, at)
    return enquiry


def _coordinators_of(case: Case) -> Group | None:
    sight = case.sights.filter(group__kind=Group.Kind.COORDINATORS).order_by("-since", "-id").first()
    return sight.group if sight else case.group


@atomic
def release(
    case_id: int, *, by: Actor, at: datetime, person: Person, text: str, photos: Collection[int],
    place: bool = False,
) -> Report:  # fmt: skip
    """What everybody sees of a report: the text as a clerk wrote it for them, these photos, perhaps the exact place."""
    demand(by, "faults.register")
    case = lock(case_id, visible_to_person=person)
    case.refuse_forgotten()
    report = Report.objects.get(pk=case.pk)
    for photo in documents_of(case):
        public = photo.pk in photos and photo.is_picture
        if photo.public != public:
            documents.publish_document(photo, public=public, subject=case, by=by, at=at)
    if report.place_released != place:
        report.place_released = place
        report.save(update_fields=["place_released"])
        record(case, "fault.place_released" if place else "fault.place_hidden", by=by, at=at)
    if report.public_text != text:
        report.public_text = text
        report.save(update_fields=["public_text"])
        record(case, "fault.released" if text else "fault.hidden", by=by, at=at, note=text)
    return report
