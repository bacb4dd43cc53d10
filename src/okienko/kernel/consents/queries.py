from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.base.decisions import Missing
from okienko.base.time import WARSAW
from okienko.kernel.consents import rules
from okienko.kernel.consents.models import ConsentGiven, ConsentGroup, ConsentText, Look, RetentionRun
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.people.models import Person

NAMES = {
    rules.ACCOUNT: _("Making an account"),
    rules.BOOKING: _("Booking a visit"),
    rules.CONTACT: _("Writing to the office"),
    rules.NEWSLETTER: _("Newsletter"),
}


def group_name(group: ConsentGroup) -> str:
    return str(NAMES.get(group.code, group.name))


def groups_with_texts() -> QuerySet[ConsentGroup]:
    return ConsentGroup.objects.prefetch_related("texts")


def group_by_id(group_id: int) -> ConsentGroup:
    found = ConsentGroup.objects.filter(pk=group_id).first()
    if found is None:
        raise Missing
    return found


def text_by_id(text_id: int) -> ConsentText:
    found = ConsentText.objects.select_related("group", "copied_from").filter(pk=text_id).first()
    if found is None:
        raise Missing
    return found


def in_force(group: str, at: datetime) -> QuerySet[ConsentText]:
    """What a form of this place asks for now: the required ones first."""
    texts = ConsentText.objects.filter(group__code=group, status=ConsentText.Status.PUBLISHED)
    now = Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))
    return texts.filter(now).order_by("-required", "code")


def to_accept(person: Person, at: datetime) -> QuerySet[ConsentText]:
    """Required texts of accounts that this resident has not agreed to in their present wording."""
    given = ConsentGiven.objects.filter(person=person, withdrawn_at__isnull=True)
    return in_force(rules.ACCOUNT, at).filter(required=True).exclude(pk__in=given.values("text_id"))


def given_by(person: Person) -> QuerySet[ConsentGiven]:
    return ConsentGiven.objects.filter(person=person).select_related("text", "text__group")


def given_about(subject_type: str, subject_id: int) -> QuerySet[ConsentGiven]:
    return ConsentGiven.objects.filter(subject_type=subject_type, subject_id=subject_id).select_related(
        "text"
    )


def looks_visible_to(person: Someone) -> QuerySet[Look]:
    looks = Look.objects.select_related("clerk")
    return looks if scope_of(person, "looks.see").everywhere else looks.none()


def looks_asked(
    person: Someone, *, about: str = "", clerk: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[Look]:
    """Whose data, which clerk, on which days: both ends included."""
    looks = looks_visible_to(person)
    if about:
        looks = looks.filter(about=rules.whose(about))
    if clerk:
        looks = looks.filter(clerk__email__iexact=clerk.strip())
    if first:
        looks = looks.filter(at__gte=datetime.combine(first, time(), WARSAW))
    if last:
        looks = looks.filter(at__lt=datetime.combine(last + timedelta(days=1), time(), WARSAW))
    return looks


def retention_runs() -> QuerySet[RetentionRun]:
    return RetentionRun.objects.all()
