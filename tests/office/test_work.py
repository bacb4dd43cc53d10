"""Where the day of somebody behind the counter begins: what is theirs, what waits, who comes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from okienko.base.time import now
from okienko.features.visits.models import Booking
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.units.models import Group
from okienko.site.navigation import entries_for

from .conftest import person

pytestmark = pytest.mark.req("CORE-50")


def board(client):
    (one,) = client.get("/praca/").context["boards"]
    return {name: {case.pk for case in one[name]} for name in ("mine", "waiting", "late")}


def test_what_came_to_a_group_waits_there_until_somebody_takes_it(sign_in, actor):
    case = Case.objects.filter(state="coordinator", person=None, group__symbol="ZDM-K").first()
    if case is None:
        new = Case.objects.filter(state="new", report__taken_up_at__isnull=False).first()
        case = take_step(
            new.pk,
            "pass-to-coordinator",
            by=actor("operator"),
            at=now(),
            group=Group.objects.get(symbol="ZDM-K"),
        )
    Case.objects.exclude(pk=case.pk).filter(group=case.group).update(person=person("operator"))
    mine, greens = sign_in("koordynator"), sign_in("zielen")
    assert board(mine)["waiting"] == {case.pk}
    assert case.pk not in board(greens)["waiting"]
    take_step(case.pk, "coordinator-takes-up", by=actor("koordynator"), at=now())
    assert case.pk not in board(mine)["waiting"]
    assert case.pk in board(mine)["mine"]


def test_what_no_group_has_waits_for_those_who_see_everything(sign_in):
    waiting = board(sign_in("operator"))["waiting"]
    assert waiting
    assert not Case.objects.filter(pk__in=waiting).exclude(group=None, person=None).exists()


def test_what_is_late_is_shown_once(sign_in):
    client = sign_in("operator")
    one, other = Case.objects.filter(group=None, person=None, open=True).order_by("due_order", "pk")[:2]
    elsewhere = Case.objects.filter(open=True).exclude(group=None).exclude(person=person("operator")).first()
    late = now() - timedelta(days=400)
    Case.objects.filter(pk__in=[one.pk, other.pk, elsewhere.pk]).update(due_at=late, due_order=late)
    shown = board(client)
    assert {one.pk, other.pk} <= shown["waiting"]
    assert elsewhere.pk in shown["late"]
    assert not shown["late"] & (shown["mine"] | shown["waiting"])


def test_a_clerk_sees_who_comes_next_and_not_who_was_here(sign_in):
    client = sign_in("urzednik")
    shown = list(client.get("/praca/").context["visits"])
    ahead = Booking.objects.filter(state="confirmed", start__gte=now()).order_by(
        "start", "resource__sort_key", "pk"
    )
    assert shown == list(ahead[:10]) != []
    Booking.objects.all().delete()
    page = client.get("/praca/")
    assert "Nikt nie umówił się" in page.content.decode()


def test_who_has_nothing_to_do_with_visits_is_shown_none(sign_in):
    assert sign_in("realizator").get("/praca/").context["visits"] is None


def test_a_page_below_another_is_marked_once_in_the_menu(city, rf):
    request = rf.get("/osoby/nieobecne/")
    request.user = person("administrator")
    assert [entry["url"] for entry in entries_for(request) if entry["current"]] == ["/osoby/nieobecne/"]


def test_from_the_pages_of_ones_own_account_a_clerk_finds_back_to_work_and_a_resident_is_shown_none(sign_in):
    for name, shown in {"operator": True, "mieszkanka": False}.items():
        page = sign_in(name).get(reverse("consents:own")).content.decode()
        assert (f'<a href="{reverse("work")}">' in page) is shown
