from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from okienko.base.decisions import Missing
from okienko.features.faults.outage.models import Outage, Pack
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of_many
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.units.models import Unit

PACK = Pack._meta.label_lower


def outages() -> QuerySet[Outage]:
    """The whole book, the last first, with how many reports were entered for each."""
    return Outage.objects.select_related("declared_by").annotate(reports=Count("entered"))


def outage(outage_id: int) -> Outage:
    found = outages().filter(pk=outage_id).first()
    if found is None:
        raise Missing
    return found


def lock(outage_id: int) -> Outage:
    found = Outage.objects.select_for_update().filter(pk=outage_id).first()
    if found is None:
        raise Missing
    return found


def units_with_packs_due() -> QuerySet[Unit]:
    """Those with open work, and those whose last file still shows some."""
    open_cases = Case.objects.filter(procedure=PROCEDURE.code, open=True, unit__isnull=False)
    rule = Q(pk__in=open_cases.values("unit_id")) | Q(pk__in=Pack.objects.values("unit_id"))
    return Unit.objects.filter(rule).order_by("pk")


def open_work(unit: Unit) -> QuerySet[Case]:
    """The most urgent first."""
    cases = Case.objects.filter(procedure=PROCEDURE.code, open=True, unit=unit)
    cases = cases.select_related("group", "person", "report__area").defer("words")
    return cases.order_by("due_order", "pk")


def packs_visible_to(person: Someone) -> QuerySet[Pack]:
    """Whoever sees the whole unit: a file cannot show each reader another part of it."""
    scope = scope_of(person, PROCEDURE.see_permission)
    packs = Pack.objects.select_related("unit").order_by("unit__sort_key", "pk")
    return packs if scope.everywhere else packs.filter(unit_id__in=scope.units)


def pack_seen_by(person: Someone, pack_id: int) -> bool:
    return packs_visible_to(person).filter(pk=pack_id).exists()


def files_for(person: Someone) -> list[tuple[Pack, Document]]:
    packs = list(packs_visible_to(person))
    files = {file.subject_id: file for file in of_many(packs)}
    return [(pack, files[pack.pk]) for pack in packs if pack.pk in files]
