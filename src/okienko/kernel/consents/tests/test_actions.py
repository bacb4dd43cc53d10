from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.kernel.consents import actions, looks, queries, retention
from okienko.kernel.consents.accounts import CLOSED_ACCOUNTS
from okienko.kernel.consents.forms import ConsentFields
from okienko.kernel.consents.jobs import remove_by_itself
from okienko.kernel.consents.models import ConsentGiven, ConsentGroup, ConsentText, Look, RetentionRun
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.people.actions import sign_up
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.ui.forms import Form

pytestmark = pytest.mark.django_db

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def resident(email: str = "ola@example.org") -> Person:
    person = sign_up(Person(email=email, first_name="Ola", joined_at=AT), by=Actor.resident(), at=AT)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def group(code: str = "account") -> ConsentGroup:
    actions.ensure_built_in_groups(by=BY, at=AT)
    return ConsentGroup.objects.get(code=code)


def published(
    code: str = "terms", *, required: bool = True, words: str = "Zgadzam się", where: str = "account",
    at: datetime = AT,
) -> ConsentText:  # fmt: skip
    text = actions.draft(group(where), by=BY, at=at, code=code, text_pl=words, required=required)
    return actions.publish_text(text, by=BY, at=at)


def me(person: Person) -> Actor:
    return Actor(person.pk, person.name)


@pytest.mark.req("CORE-40")
def test_a_new_version_takes_the_place_of_the_old_at_one_moment() -> None:
    first = published()
    second = actions.draft(first.group, by=BY, at=AT, code="terms", text_pl="Nowe", copied_from=first)
    assert (second.number, second.copied_from) == (2, first)
    assert list(queries.in_force("account", AT)) == [first]
    actions.publish_text(second, by=BY, at=AT + DAY, valid_from=AT + 2 * DAY)
    for at, text in ((AT + DAY, first), (AT + 2 * DAY - timedelta(seconds=1), first), (AT + 2 * DAY, second)):
        assert list(queries.in_force("account", at)) == [text]
    first.refresh_from_db()
    assert first.valid_until == AT + 2 * DAY
    third = actions.draft(first.group, by=BY, at=AT, code="terms", text_pl="Za wcześnie")
    with pytest.raises(Refused) as refused:
        actions.publish_text(third, by=BY, at=AT + DAY)
    assert refused.value.code == "later-version"
    with pytest.raises(Refused):
        actions.publish_text(third, by=BY, at=AT + DAY, valid_from=AT)


@pytest.mark.req("CORE-40")
def test_what_is_published_never_changes() -> None:
    text = published()
    with pytest.raises(Refused) as refused:
        actions.change_draft(text, by=BY, at=AT, version=text.version, text_pl="co innego")
    assert refused.value.code == "published"


@pytest.mark.req("CORE-40")
def test_no_consent_without_a_version_and_none_of_nobody() -> None:
    text, person = published(), resident()
    for wrong in ({"person": person, "text_id": None}, {"text": text, "person": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConsentGiven.objects.create(given_at=AT, channel="page", **wrong)
    actions.record_given([text], by=me(person), at=AT, person=person)
    with pytest.raises(ProtectedError):
        text.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentGiven.objects.create(text=text, person=person, given_at=AT, channel="page")


class BookingForm(ConsentFields, Form):
    consent_group = "booking"
    name = forms.CharField()


@pytest.mark.req("CORE-40", "CORE-55")
def test_a_form_asks_for_what_is_in_force_in_its_place_and_demands_the_required() -> None:
    needed = published("data", where="booking", words="Przetwarzanie danych")
    wanted = published("sms", where="booking", words="Przypomnienia", required=False)
    published("elsewhere", where="contact")
    form = BookingForm({"name": "Ola"}, at=AT)
    assert list(form.fields) == ["name", f"consent_{needed.pk}", f"consent_{wanted.pk}"]
    assert not form.is_valid()
    assert list(form.errors) == [f"consent_{needed.pk}"]
    form = BookingForm({"name": "Ola", f"consent_{needed.pk}": "on"}, at=AT)
    assert form.is_valid()
    assert form.consents() == [needed]
    person = resident()
    (given,) = actions.record_given(
        form.consents(), by=Actor.resident(), at=AT, subject=person, contact="ola@example.org"
    )
    assert given.text == needed
    assert list(queries.given_about("people.person", person.pk)) == [given]
    ended = actions.end_text(needed, by=BY, at=AT)
    with pytest.raises(Refused) as refused:
        actions.record_given([ended], by=BY, at=AT, subject=person)
    assert refused.value.code == "text-changed"


@pytest.mark.req("CORE-40")
def test_only_a_text_that_is_in_force_can_be_given() -> None:
    person, at = resident(), AT + DAY
    drafted = actions.draft(group(), by=BY, at=AT, code="draft", text_pl="Jeszcze nie")
    coming = actions.draft(group(), by=BY, at=AT, code="coming", text_pl="Od jutra")
    coming = actions.publish_text(coming, by=BY, at=at, valid_from=at + DAY)
    ended = actions.end_text(published("ended"), by=BY, at=at)
    for text in (drafted, coming, ended):
        with pytest.raises(Refused) as refused:
            actions.record_given([text], by=me(person), at=at, person=person)
        assert refused.value.code == "text-changed"
        with pytest.raises(Refused):
            actions.record_given([text], by=Actor.resident(), at=at, subject=person)
    assert not ConsentGiven.objects.exists()
    actions.record_given([coming], by=me(person), at=at + DAY, person=person)
    assert ConsentGiven.objects.get().text == coming


@pytest.mark.req("CORE-40")
def test_a_changed_required_text_is_to_be_accepted_anew() -> None:
    person, first = resident(), published()
    assert list(queries.to_accept(person, AT)) == [first]
    actions.record_given([first], by=me(person), at=AT, person=person)
    assert not queries.to_accept(person, AT)
    second = published(at=AT + DAY)
    assert list(queries.to_accept(person, AT + DAY)) == [second]


@pytest.mark.req("CORE-40")
def test_withdrawing_an_optional_one_ends_it_and_a_required_one_the_account() -> None:
    person = resident()
    needed, wanted = published(), published("news", required=False)
    one, other = actions.record_given(
        [needed, wanted], by=me(person), at=AT, person=person, contact=person.email
    )
    with pytest.raises(Missing):
        actions.withdraw(other, by=me(resident("x@example.org")), at=AT)
    actions.withdraw(other, by=me(person), at=AT)
    person.refresh_from_db()
    assert person.is_active
    with pytest.raises(Refused) as refused:
        actions.withdraw(one, by=me(person), at=AT)
    assert refused.value.code == "account-would-close"
    actions.withdraw(one, by=me(person), at=AT, sure=True)
    person.refresh_from_db()
    assert not person.is_active
    assert "ola" not in f"{person.email} {person.name} {person.sort_key}".lower()
    assert not EmailAddress.objects.filter(user=person).exists()
    assert not ConsentGiven.objects.filter(person=person).exclude(contact="").exists()
    assert "example.org" not in str([(entry.before, entry.after) for entry in entries_of(person)])
    assert list(verify(person)) == []


@pytest.mark.req("CORE-40")
def test_texts_are_written_only_by_those_who_may() -> None:
    clerk = make_staff("anna@okienko.example", by=BY, at=AT)
    with pytest.raises(Missing):
        actions.draft(group(), by=me(clerk), at=AT, code="x", text_pl="x")
    with pytest.raises(Missing):
        actions.add_group(by=me(clerk), at=AT, code="x", name="x")


@pytest.mark.req("CORE-44")
def test_a_look_is_kept_once_within_minutes() -> None:
    clerk, seen = make_staff("anna@okienko.example", by=BY, at=AT), resident()
    for minutes in (0, 3, 9):
        looks.note(seen, by=me(clerk), at=AT + timedelta(minutes=minutes), about="Ola@Example.org")
    assert Look.objects.count() == 1
    looks.note(seen, by=me(clerk), at=AT + timedelta(minutes=11), about="ola@example.org")
    looks.note(seen, by=BY, at=AT)
    assert Look.objects.count() == 2


@pytest.mark.req("CORE-41")
def test_the_dry_run_names_exactly_what_the_run_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_traces", [])
    monkeypatch.setattr(retention, "BATCH", 2)
    told: list[int] = []
    retention.traces(lambda subject, by, at: told.append(subject.pk))
    people = [resident(f"r{number}@example.org") for number in range(6)]
    Person.objects.filter(pk__in=[one.pk for one in people[:5]]).update(left_at=AT - 60 * DAY)
    Person.objects.filter(pk=people[4].pk).update(left_at=AT - DAY)
    listed = [key for key, _name in retention.would_go(CLOSED_ACCOUNTS, AT)]
    assert listed == [one.pk for one in people[:4]]
    assert Person.objects.filter(email__startswith="r").count() == 6
    done = retention.run(CLOSED_ACCOUNTS, by=BY, at=AT, clock=lambda: AT)
    assert (done.removed, done.finished_at, told) == (4, AT, listed)
    assert Person.objects.filter(email__startswith="r").count() == 2
    assert list(retention.would_go(CLOSED_ACCOUNTS, AT)) == []
    assert list(verify()) == []


@pytest.mark.req("CORE-41")
def test_what_the_record_said_goes_too_whatever_the_rule_itself_removes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def only_the_address(subject: Person, _by: Actor, _at: datetime) -> None:
        Person.objects.filter(pk=subject.pk).update(email=f"{subject.pk}@closed.invalid")

    rule = replace(CLOSED_ACCOUNTS, forget=only_the_address)
    monkeypatch.setitem(retention._rules, rule.code, rule)
    person = resident("r@example.org")
    Person.objects.filter(pk=person.pk).update(left_at=AT - 60 * DAY)
    record(person, "person.changed", by=BY, at=AT, after={"last_name": "Zmyślona"}, note="Zmyślona")
    assert retention.run(rule, by=BY, at=AT, clock=lambda: AT).removed == 1
    entry = entries_of(person).get(kind="person.changed")
    assert (entry.forgotten, entry.after, entry.note) == (True, None, "")
    assert list(verify()) == []


@pytest.mark.req("CORE-41")
def test_a_run_that_broke_off_leaves_whole_subjects_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "_traces", [])
    people = [resident(f"r{number}@example.org") for number in range(3)]
    Person.objects.update(left_at=AT - 60 * DAY)

    def break_off(subject: object, by: Actor, at: datetime) -> None:
        if subject == people[1]:
            raise RuntimeError

    retention.traces(break_off)
    ordered = retention.order(CLOSED_ACCOUNTS, by=BY, at=AT)
    with pytest.raises(RuntimeError):
        retention.carry_out(ordered, by=BY, clock=lambda: AT)
    people[1].refresh_from_db()
    assert people[1].first_name == "Ola"
    assert RetentionRun.objects.get().removed == 1
    monkeypatch.setattr(retention, "_traces", [])
    done = retention.carry_out(ordered, by=BY, clock=lambda: AT)
    assert (done.removed, done.finished_at) == (3, AT)


@pytest.mark.req("CORE-41")
def test_what_needs_nobody_to_confirm_goes_every_night(monkeypatch: pytest.MonkeyPatch) -> None:
    resident()
    Person.objects.update(left_at=now() - 60 * DAY)
    confirmed = replace(CLOSED_ACCOUNTS, code="a", by_itself=False)
    nightly = replace(CLOSED_ACCOUNTS, code="b", by_itself=True)
    monkeypatch.setattr(retention, "_rules", {"a": confirmed, "b": nightly})
    remove_by_itself(0)
    assert [(run.rule, run.removed) for run in RetentionRun.objects.all()] == [("b", 1)]


@pytest.mark.req("CORE-41")
def test_nobody_without_the_permission_runs_it() -> None:
    clerk = make_staff("anna@okienko.example", by=BY, at=AT)
    with pytest.raises(Missing):
        retention.run(CLOSED_ACCOUNTS, by=me(clerk), at=AT, clock=lambda: AT)
