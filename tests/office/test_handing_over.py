"""Many cases given to a person at once, from the list."""

import pytest
from django.urls import reverse
from tests.office.test_cases import LIST

from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases import queries
from okienko.kernel.cases.models import Case
from okienko.kernel.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.req("CORE-24")]


def test_many_are_handed_over_at_once_after_a_page_that_says_how_many(sign_in):
    client, target = sign_in("operator"), Person.objects.get(email="realizator@okienko.example")
    case = Case.objects.get(subject="Dziury w jezdni: ul. Umowna 21")
    address = reverse("cases:bulk", args=[PROCEDURE.code])
    page = client.post(address, {"action": "assign", "selected": [case.pk], "view": "?"})
    assert page.context["count"] == 1
    assert f'name="seen" value="{case.pk}:{case.version}"' in page.content.decode()
    seen = [f"{case.pk}:{case.version}"]
    client.post(address, {"confirmed": "1", "seen": seen, "view": "?", "person": target.pk})
    case.refresh_from_db()
    assert case.person == target


@pytest.mark.req("CORE-25")
def test_who_hands_over_what_somebody_else_has_changed_is_told_and_nothing_is_handed_over(sign_in):
    client, target = sign_in("operator"), Person.objects.get(email="supernadzorca@okienko.example")
    two = list(queries.visible_to(target).filter(open=True).exclude(person=target).order_by("pk")[:2])
    address = reverse("cases:bulk", args=[PROCEDURE.code])
    chosen = {"action": "assign", "selected": [case.pk for case in two], "view": "?"}
    seen = [f"{key}:{version}" for key, version in client.post(address, chosen).context["chosen"]]
    assert len(seen) == 2
    Case.objects.filter(pk=two[1].pk).update(version=two[1].version + 1)
    confirmed = {"confirmed": "1", "view": "?", "person": target.pk}
    answer = client.post(address, {**confirmed, "seen": seen})
    assert "w międzyczasie" in answer.content.decode()
    assert not Case.objects.filter(pk__in=[case.pk for case in two], person=target).exists()
    again = [f"{key}:{version}" for key, version in answer.context["chosen"]]
    client.post(address, {**confirmed, "seen": again})
    assert Case.objects.filter(pk__in=[case.pk for case in two], person=target).count() == 2
    Case.objects.filter(pk=two[0].pk).update(open=False, closed_at=two[0].received_at)
    current = [
        f"{pk}:{version}"
        for pk, version in Case.objects.filter(pk__in=[case.pk for case in two]).values_list("pk", "version")
    ]
    answer = client.post(address, {"confirmed": "1", "view": "?", "person": "", "seen": current})
    assert "w międzyczasie" in answer.content.decode()
    assert Case.objects.filter(pk__in=[case.pk for case in two], person=target).count() == 2


def test_everything_that_the_filter_shows_is_handed_over_and_nothing_else(sign_in):
    client, target = sign_in("operator"), Person.objects.get(email="operator@okienko.example")
    filtered = {"view": "?category=nawierzchnia&open=yes", "everything": "1"}
    shown = {case.pk for case in client.get(LIST + filtered["view"]).context["list"].rows}
    before = set(Case.objects.filter(person=target).values_list("pk", flat=True))
    assert not shown <= before
    address = reverse("cases:bulk", args=[PROCEDURE.code])
    assert client.post(address, {"action": "assign", **filtered}).context["count"] == len(shown)
    client.post(address, {"confirmed": "1", **filtered, "person": target.pk})
    assert set(Case.objects.filter(person=target).values_list("pk", flat=True)) == before | shown
