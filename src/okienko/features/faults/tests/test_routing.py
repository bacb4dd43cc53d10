"""Which group is proposed, by which rule, and what a rule would do before it goes live."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Refused, Stale
from okienko.features.faults.actions import add_category
from okienko.features.faults.models import Area, Report, RoutingRule
from okienko.features.faults.places.actions import load_areas
from okienko.features.faults.routing.actions import save_rule
from okienko.features.faults.routing.queries import propose
from okienko.features.faults.routing.rules import arranged, first_match
from okienko.features.faults.rules import PROCEDURE
from okienko.features.faults.tests.conftest import AT, BY, HERE
from okienko.features.faults.tests.test_places import SMALL
from okienko.kernel.cases.forms import StepForm
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
@pytest.mark.parametrize("broken", ["group", "kind", "area", "category"])
def test_a_broken_rule_is_an_error_and_not_silence(city, broken):
    area = Area.objects.get(name="Stare Niebyłe")
    rule(city.greens, category=city.holes, area=area)
    case = city.reported(latitude=HERE[0], longitude=HERE[1])
    if broken == "group":
        type(city.greens).objects.filter(pk=city.greens.pk).update(active=False)
    elif broken == "kind":
        type(city.greens).objects.filter(pk=city.greens.pk).update(kind="other")
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
    address = reverse("faults:rule", args=[found.rule.pk])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in ("version", "position", "category", "area")}
    typed |= {"group": city.greens.pk, "force": "1"}
    assert (typed["category"], typed["area"]) == (city.holes.pk, area.pk), "not widened in silence"
    refused = client.post(address, {**typed, "active": "on"}).context["form"]
    assert list(refused.errors.values()) == [[found.problem]]
    trying = {name: value for name, value in typed.items() if name != "force"}
    tried = client.post(address, {**trying, "active": "on", "try": "1"}).context
    assert (tried["trial"], list(tried["form"].errors.values())) == (None, [[found.problem]])
    with pytest.raises(Refused):
        save_rule(found.rule, by=BY, at=AT, version=1, position=1)
    assert client.post(address, typed).status_code == 302, "it can be switched off as it is"
    RoutingRule.objects.update(active=True)
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


@pytest.mark.req("FAULT-17")
def test_the_operator_reads_which_rule_proposes_or_that_none_does(city):
    kind = add_category(by=BY, at=AT, code="wyrwy", shortcut="WY", name="Wyrwy", parent=city.holes)
    case = city.reported(latitude=HERE[0], longitude=HERE[1], category=kind)
    client = Client()
    client.force_login(city.operator)

    def card():
        page = client.get(reverse("cases:case", args=[case.number])).content.decode()
        return " ".join(page.partition('id="proposed"')[2].partition("</section>")[0].split())

    assert "<strong>DROGI</strong> (grupa kategorii)" in card()
    rule(city.roads, category=city.lamps)
    rule(city.greens, position=2, category=city.holes, area=Area.objects.get(name="Stare Niebyłe"))
    assert "<strong>ZIELEN</strong> (według reguły 2: Dziury, Stare Niebyłe)" in card()


@pytest.mark.req("FAULT-20")
def test_executors_are_nobodys_proposal(city):
    """A report is passed to coordinators: by a rule, by its category, by who takes it up."""
    administrator, operator = Client(), Client()
    administrator.force_login(city.administrator)
    operator.force_login(city.operator)
    of_rule = {"position": 1, "group": city.crew.pk, "active": "on", "version": 0, "force": "1"}
    of_category = {"name": "Wyrwy", "code": "wyrwy", "shortcut": "WY", "group": city.crew.pk, "near_metres": 30,
                   "near_weeks": 4}  # fmt: skip
    waiting = city.reported(channel="page")
    for client, address, told in (
        (administrator, reverse("faults:add_rule"), of_rule),
        (administrator, reverse("faults:add_category"), of_category),
        (operator, reverse("faults:take_up", args=[waiting.number]), {"group": city.crew.pk}),
    ):
        assert "group" in client.post(address, told).context["form"].errors, address
    form = StepForm(PROCEDURE.row("pass-to-coordinator"), waiting, city.operator)
    assert set(form.fields["group"].queryset) == {city.roads, city.greens}


@pytest.mark.req("FAULT-20")
@pytest.mark.parametrize("kind", ["executors", "other"])
def test_a_category_whose_group_is_not_one_of_coordinators_says_so(city, kind):
    told = {"code": "wyrwy", "shortcut": "WY", "name": "Wyrwy"}
    type(city.roads).objects.filter(pk=city.roads.pk).update(kind=kind)
    city.roads.refresh_from_db()
    with pytest.raises(Refused) as refused:
        add_category(by=BY, at=AT, group=city.roads, **told)
    assert refused.value.field == "group"
    problem = str(refused.value)
    case, client = city.reported(), Client()
    client.force_login(city.administrator)
    assert proposed(case).problem == problem
    assert problem in client.get(reverse("faults:categories")).content.decode()
    address = reverse("faults:category", args=[city.holes.pk])
    form = client.get(address).context["form"]
    typed = {one.name: one.value() for one in form if one.value() not in (None, False)}
    assert typed["group"] == city.roads.pk, "not dropped in silence"
    assert client.post(address, typed).context["form"].errors["group"] == [problem]
    assert client.post(address, {**typed, "group": city.greens.pk}).status_code == 302


@pytest.mark.req("FAULT-14", "CORE-55")
def test_a_code_with_reports_stays_none_is_given_twice_and_kinds_have_no_kinds(city):
    city.reported()
    add_category(by=BY, at=AT, code="wyrwy", shortcut="WY", name="Wyrwy", parent=city.holes)
    client = Client()
    client.force_login(city.administrator)
    common = {"version": 1, "near_metres": 50, "near_weeks": 12, "active": "on"}
    holes = {"name": "Dziury", "code": "dziury", "shortcut": "NA", **common}
    lamps = {"name": "Lampy", "code": "lampy", "shortcut": "OS", **common}
    for category, told, field in (
        (city.holes, {**holes, "code": "jamy"}, "code"),
        (city.lamps, {**lamps, "code": "dziury"}, "code"),
        (city.lamps, {**lamps, "shortcut": "NA"}, "shortcut"),
        (city.holes, {**holes, "parent": city.lamps.pk}, "parent"),
    ):
        form = client.post(reverse("faults:category", args=[category.pk]), told).context["form"]
        assert list(form.errors) == [field], told
    changed = client.post(reverse("faults:category", args=[city.lamps.pk]), {**lamps, "code": "latarnie"})
    assert changed.status_code == 302


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
