from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.kernel.consents import queries, rules
from okienko.kernel.consents.models import ConsentGiven, ConsentGroup, ConsentText
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record, subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.people.actions import close_account
from okienko.kernel.people.models import Person


@atomic
def ensure_built_in_groups(*, by: Actor, at: datetime) -> None:
    """Those that the product itself asks in; made the first time somebody needs them."""
    there = set(ConsentGroup.objects.filter(code__in=rules.BUILT_IN).values_list("code", flat=True))
    for code in rules.BUILT_IN:
        if code not in there:
            group, made = ConsentGroup.objects.get_or_create(
                code=code, defaults={"name": str(queries.NAMES[code])}
            )
            if made:
                record(group, "consent_group.added", by=by, at=at, after={"code": code})


@atomic
def add_group(*, by: Actor, at: datetime, code: str, name: str) -> ConsentGroup:
    demand(by, "consents.change")
    if ConsentGroup.objects.filter(code=code).exists():
        raise Refused(
            _("The code “%(code)s” is already taken.") % {"code": code}, code="code-taken", field="code"
        )
    group = ConsentGroup.objects.create(code=code, name=name)
    record(group, "consent_group.added", by=by, at=at, after={"code": code, "name": name})
    return group


@atomic
def draft(
    group: ConsentGroup,
    *,
    by: Actor,
    at: datetime,
    code: str,
    text_pl: str,
    text_en: str = "",
    text_uk: str = "",
    required: bool = False,
    copied_from: ConsentText | None = None,
) -> ConsentText:
    """The next version of a text; it binds nobody until it is published."""
    demand(by, "consents.change")
    ConsentGroup.objects.select_for_update().get(pk=group.pk)
    earlier = ConsentText.objects.filter(group=group, code=code)
    last = earlier.aggregate(last=Max("number"))["last"] or 0
    text = ConsentText.objects.create(
        group=group,
        code=code,
        number=last + 1,
        text_pl=text_pl,
        text_en=text_en,
        text_uk=text_uk,
        required=required,
        copied_from=copied_from,
    )
    after = {
        "code": code,
        "version": text.number,
        "required": required,
        "copied_from": copied_from and copied_from.number,
    }
    record(text, "consent_text.drafted", by=by, at=at, after=after)
    return text


@atomic
def change_draft(text: ConsentText, *, by: Actor, at: datetime, version: int, **values: Any) -> ConsentText:
    demand(by, "consents.change")
    text = ConsentText.objects.select_for_update().get(pk=text.pk)
    _refuse_published(text)
    changes.check_version(text, version)
    before, after = changes.apply(text, values)
    text.version += 1
    text.save()
    record(text, "consent_text.changed", by=by, at=at, before=before, after=after)
    return text


@atomic
def publish_text(
    text: ConsentText, *, by: Actor, at: datetime, valid_from: datetime | None = None
) -> ConsentText:
    """In force from then on; the version before it ends at the same moment."""
    demand(by, "consents.change")
    ConsentGroup.objects.select_for_update().get(pk=text.group_id)
    text = ConsentText.objects.select_for_update().get(pk=text.pk)
    _refuse_published(text)
    begins = valid_from or at
    if begins < at:
        raise Refused(_("A text cannot come into force in the past."), code="in-the-past", field="valid_from")
    others = ConsentText.objects.filter(
        group=text.group_id, code=text.code, status=ConsentText.Status.PUBLISHED, valid_until__isnull=True
    )
    for other in others:
        if other.valid_from is not None and other.valid_from >= begins:
            raise Refused(
                _("Another version comes into force later than this one would."),
                code="later-version",
                field="valid_from",
            )
        _end(other, begins, by=by, at=at)
    text.status, text.valid_from = ConsentText.Status.PUBLISHED, begins
    text.version += 1
    text.save()
    record(text, "consent_text.published", by=by, at=at, after={"from": begins})
    return text


@atomic
def end_text(text: ConsentText, *, by: Actor, at: datetime) -> ConsentText:
    demand(by, "consents.change")
    text = ConsentText.objects.select_for_update().get(pk=text.pk)
    if text.status != ConsentText.Status.PUBLISHED or text.valid_until is not None:
        raise Refused(_("This text is not in force."), code="not-in-force")
    return _end(text, max(at, text.valid_from or at), by=by, at=at)


def _end(text: ConsentText, until: datetime, *, by: Actor, at: datetime) -> ConsentText:
    text.valid_until = until
    text.version += 1
    text.save()
    record(text, "consent_text.ended", by=by, at=at, after={"until": until})
    return text


def _refuse_published(text: ConsentText) -> None:
    if text.status != ConsentText.Status.DRAFT:
        raise Refused(
            _("This text is published and can no longer change. Copy it into a new version."),
            code="published",
        )


@atomic
def record_given(
    texts: Iterable[ConsentText],
    *,
    by: Actor,
    at: datetime,
    person: Person | None = None,
    subject: models.Model | None = None,
    contact: str = "",
) -> list[ConsentGiven]:
    """What was ticked, in the wording that was shown: by an account, or with the thing that was sent."""
    made = []
    for text in texts:
        if not text.in_force(at):
            raise Refused(
                _("The text of a consent has just changed. Read it once more."), code="text-changed"
            )
        if subject is None and person is not None:
            known = ConsentGiven.objects.filter(
                text=text, person=person, subject_id__isnull=True, withdrawn_at__isnull=True
            )
            if known.exists():
                continue
        type_, id_ = subject_key(subject) if subject is not None else ("", None)
        given = ConsentGiven.objects.create(
            text=text,
            person=person,
            subject_type=type_,
            subject_id=id_,
            contact=contact,
            given_at=at,
            channel=by.channel,
        )
        record(
            subject if subject is not None else given,
            "consent.given",
            by=by,
            at=at,
            after={"code": text.code, "version": text.number},
        )
        made.append(given)
    return made


@atomic
def withdraw(given: ConsentGiven, *, by: Actor, at: datetime, sure: bool = False) -> ConsentGiven:
    """An optional one simply ends; without a required one an account cannot live, so it is closed."""
    given = (
        ConsentGiven.objects.select_for_update(of=("self",)).select_related("text__group").get(pk=given.pk)
    )
    if by.person_id is not None and by.person_id != given.person_id:
        raise Missing
    if given.withdrawn_at is not None:
        raise Refused(_("This consent has already been withdrawn."), code="withdrawn-already")
    ends_account = closes_account(given, at=at)
    if ends_account and not sure:
        raise Refused(
            _("Confirm that your account is to be closed and your data removed."),
            code="account-would-close",
            field="sure",
        )
    given.withdrawn_at = at
    given.save(update_fields=["withdrawn_at"])
    record(given, "consent.withdrawn", by=by, at=at)
    if ends_account and given.person is not None:
        ConsentGiven.objects.filter(person=given.person).exclude(contact="").update(contact="")
        close_account(given.person, by=by, at=at)
    return given


def closes_account(given: ConsentGiven, *, at: datetime) -> bool:
    return given.person_id is not None and given.text.required and given.text.in_force(at)
