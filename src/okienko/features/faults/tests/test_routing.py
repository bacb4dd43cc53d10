"""Which group is proposed, by which rule, and what a rule would do before it goes live."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Stale
from okienko.features.faults.actions import add_category
from okienko.features.faults.models import Area, Report, RoutingRule
from okienko.features.faults.places.actions import load_areas
from okienko.features.faults.routing.actions import save_rule
from okienko.features.faults.routing.queries import propose
from okienko.features.faults.routing.rules import arranged, first_match
from okienko.features.faults.tests.conftest import AT, BY, HERE
from okienko.features.faults.tests.test_places import SMALL
from okienko.kernel.cases.models import Case


def rule(group, position=1, category=None, area=None, active=True):
    return save_rule(
        None,
        by=BY,
        at=AT,
        version=0,
        position=position,
        category=category,
        area=area,
        group=group,
        active=active,
    )


def proposed(case):
    return propose(Report.objects.select_related("category__parent", "category__group__unit").get(case=case))


IDS = st.none() | st.integers(1, 3)
RULES = st.lists(st.builds(RoutingRule, category_id=IDS, area_id=IDS, active=st.booleans()), max_size=8)


@given(RULES, st.sets(st.integers(1, 3)), st.sets(st.integers(1, 3)))
def test_the_first_rule_that_fits_wins_and_nothing_else(rules, kinds, areas):
    def fits(one):
        return one.active and one.category_id in {None, *kinds} and one.area_id in {None, *areas}

    found = first_match(rules, kinds, areas)
    fitting = [one for one in rules if fits(one)]
    assert found is (fitting[0] if fitting else None)


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=8), st.data())
def test_moving_one_leaves_the_others_in_their_order(numbers, data):
    moved, position = data.draw(st.sampled_from(numbers)), data.draw(st.integers(-3, 12))
    after = arranged(numbers, moved, position)
    assert sorted(after) == sorted(numbers)
    assert [one for one in after if one is not moved] == [one for one in numbers if one is not moved]
    assert after.index(moved) == min(max(position - 1, 0), len(numbers) - 1)


@pytest.mark.req("FAULT-17")
def test_category_with_its_kinds_and_area_decide(city):
    kind = add_category(by=BY, at=AT, code="wyrwy", shortcut="WY", name="Wyrwy", parent=city.holes)
    here = city.reported(latitude=HERE[0], longitude=HERE[1], category=kind)
    elsewhere = city.reported(latitude=50.0, longitude=19.0, category=kind)
    assert (proposed(here).group, proposed(here).rule) == (city.roads, None)
    made = rule(city.greens, category=city.holes, area=Area.objects.get(name="Stare Niebyłe"))
    assert (proposed(here).group, proposed(here).rule) == (city.greens, made)
    assert (proposed(elsewhere).group, proposed(elsewhere).rule) == (city.roads, None)
    rule(city.roads, position=1, category=kind)
    assert proposed(here).group == city.roads


@pytest.mark.req("FAULT-17")
@pytest.mark.parametrize("broken", ["group", "area", "category"])
def test_a_broken_rule_is_an_error_and_not_silence(city, broken):
    area = Area.objects.get(name="Stare Niebyłe")
    rule(city.greens, category=city.holes, area=area)
    case = city.reported(latitude=HERE[0], longitude=HERE[1])
    if broken == "group":
        type(city.greens).objects.filter(pk=city.greens.pk).update(active=False)
    elif broken == "area":
        load_areas(SMALL, Area.Kind.DISTRICT, by=BY, at=AT)
    else:
        type(city.holes).objects.filter(pk=city.holes.pk).update(active=False)
    found = proposed(case)
    assert found.rule is not None
    assert found.problem
    client = Client()
    client.force_login(city.administrator)
    screen = client.get(reverse("faults:rules"))
    assert screen.context["broken"] == 1
    assert found.problem in screen.content.decode()
    client.force_login(city.operator)
    page = client.get(reverse("cases:case", args=[case.number])).content.decode()
    assert found.problem in page
    assert "?group=" not in page


@pytest.mark.req("FAULT-17")
def test_a_rule_is_tried_on_past_reports_before_it_goes_live(city):
    here = city.reported(at=AT, latitude=HERE[0], longitude=HERE[1])
    city.reported(at=AT, latitude=50.0, longitude=19.0)
    Case.objects.update(received_at=AT)
    client = Client()
    client.force_login(city.administrator)
    area = Area.objects.get(name="Stare Niebyłe")
    given = {
        "position": 1,
        "category": city.holes.pk,
        "area": area.pk,
        "group": city.greens.pk,
        "active": "on",
        "version": 0,
    }
    trial = client.post(reverse("faults:add_rule"), {**given, "try": "1"}).context["trial"]
    assert (trial.tried, trial.changed) == (2, 1)
    assert [one.report.case for one in trial.shown] == [here]
    assert not RoutingRule.objects.exists()
    assert client.post(reverse("faults:add_rule"), {**given, "force": "1"}).status_code == 302
    made = RoutingRule.objects.get()
    switched = client.get(reverse("faults:rule", args=[made.pk]), {"w-uzyciu": "0"})
    assert switched.context["trial"].changed == 1
    assert RoutingRule.objects.get().active


def test_who_changes_must_have_seen_what_stands_there_now(city):
    made = rule(city.greens)
    save_rule(made, by=BY, at=AT, version=1, position=1, group=city.roads)
    with pytest.raises(Stale):
        save_rule(made, by=BY, at=AT, version=1, position=1, group=city.greens)


@pytest.mark.req("FAULT-17")
def test_the_operator_takes_the_proposal_with_one_click(city):
    case = city.reported()
    client = Client()
    client.force_login(city.operator)
    page = client.get(reverse("cases:case", args=[case.number])).content.decode()
    address = f"{reverse('cases:step', args=[case.number, 'pass-to-coordinator'])}?group={city.roads.pk}"
    assert address in page
    form = client.get(address).context["form"]
    assert form["group"].value() == str(city.roads.pk)


@pytest.mark.req("FAULT-14")
def test_the_dictionary_is_changed_in_the_browser(city):
    client = Client()
    client.force_login(city.administrator)
    given = {"name": "Wyrwy", "code": "wyrwy", "shortcut": "wy", "parent": city.holes.pk, "near_metres": 30, "near_weeks": 4,
             "active": "on", "question_0": "Jak głęboka?", "required_0": "on"}  # fmt: skip
    assert client.post(reverse("faults:add_category"), given).status_code == 302
    made = city.holes.kinds.get()
    assert (made.shortcut, list(made.questions.values_list("text", "required"))) == (
        "WY",
        [("Jak głęboka?", True)],
    )
    taken = client.post(reverse("faults:add_category"), {**given, "code": "inne"})
    assert taken.context["form"].errors["shortcut"]
    changed = client.post(
        reverse("faults:category", args=[made.pk]), {**given, "version": 1, "question_0": "Gdzie?"}
    )
    assert changed.status_code == 302
    assert made.questions.get().text == "Gdzie?"
    assert "Gdzie?" in client.get(reverse("faults:categories")).content.decode()
