from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from okienko.base.decisions import Missing, Refused, Stale
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.knowledge import actions, queries, search
from okienko.kernel.knowledge.models import Article
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
BY = Actor.system("test")
NOBODY = AnonymousUser()


@pytest.fixture
def unit(db: None) -> Unit:
    return add_unit(by=BY, at=AT, symbol="USC", name="Urząd Stanu Cywilnego w Łodzi", email="usc@example.org")


@pytest.fixture
def writer(unit: Unit) -> Person:
    return make_staff("redakcja@okienko.example", "administrator", by=BY, at=AT, first_name="Redakcja")


@pytest.fixture
def clerk(unit: Unit) -> Person:
    return make_staff(
        "wojcik@okienko.example", "clerk", by=BY, at=AT, unit=unit, first_name="Żaneta", last_name="Wójcik"
    )


def article(
    title: str, body: str = "Treść.", audience: str = "residents", *, published: bool = True
) -> Article:
    made = actions.write(by=BY, at=AT, title=title, body=body, audience=audience)
    return actions.publish_article(made.pk, by=BY, at=AT, version=1) if published else made


@pytest.mark.req("DESK-02", "CORE-03")
def test_who_sees_which_articles(writer: Person, clerk: Person) -> None:
    public, internal, draft = (
        article("Dowód"), article("Wzór pisma", audience="staff"), article("Szkic", published=False),
    )  # fmt: skip
    seen = {who: set(queries.visible_to(who)) for who in (NOBODY, clerk, writer)}
    assert seen == {
        NOBODY: {public},
        clerk: {public, internal},
        writer: {public, internal, draft},
    }
    with pytest.raises(Missing):
        queries.article_for(NOBODY, internal.pk)
    with pytest.raises(Missing):
        actions.write(by=Actor(clerk.pk, clerk.name), at=AT, title="x", body="x", audience="staff")


@pytest.mark.req("CORE-40", "CORE-25")
def test_an_article_keeps_its_versions_and_its_record(writer: Person) -> None:
    made = article("Dowód", "Pierwsza treść.")
    changed = actions.change(made.pk, by=BY, at=AT, version=2, body="Druga treść.")
    assert (changed.version, changed.state) == (3, "published")
    assert [(one.number, one.body) for one in made.versions.all()] == [
        (3, "Druga treść."),
        (1, "Pierwsza treść."),
    ]
    with pytest.raises(Stale):
        actions.change(made.pk, by=BY, at=AT, version=2, body="Trzecia.")
    with pytest.raises(Refused):
        actions.publish_article(made.pk, by=BY, at=AT, version=3)
    actions.withdraw(made.pk, by=BY, at=AT, version=3)
    assert not queries.visible_to(NOBODY).exists()
    kinds = [entry.kind for entry in entries_of(made)]
    assert kinds == ["article.written", "article.published", "article.changed", "article.withdrawn"]
    assert list(verify(made)) == []


FORMS = {
    "dowód osobisty": [
        "dowodu osobistego",
        "dowody osobiste",
        "dowodem osobistym",
        "dowodow osobistych",
        "dow os",
    ],
    "śmieci": ["śmieciami", "smieci", "śmieciom", "śmieciach", "smiec"],
    "ulica": ["ulicy", "ulicę", "ulicami", "ulicach", "uli"],
    "małżeństwo": ["małżeństwa", "malzenstwie", "małżeństwem", "małżeństw", "malzen"],
    "dziecko": ["dzieci", "dziećmi", "dziecka", "dziecku", "dziec"],
    "odwołanie": ["odwołania", "odwolaniem", "odwołaniu", "odwołań", "odwol"],
}


@pytest.mark.req("CORE-24", "DESK-02")
@pytest.mark.parametrize(("said", "typed"), [(said, form) for said, forms in FORMS.items() for form in forms])
def test_thirty_forms_find_their_word(unit: Unit, said: str, typed: str) -> None:
    if typed == "dow os":
        typed = "dowód os"
    wanted = article("Jak to załatwić", f"Tu jest {said} i więcej.")
    article("Coś innego", "Basen, boisko, kosiarka.")
    assert list(queries.searched(queries.visible_to(NOBODY), typed)) == [wanted]


@pytest.mark.req("CORE-24")
def test_words_of_the_title_come_first(unit: Unit) -> None:
    below = article("Aaa", "Paszport i dowód.")
    above = article("Paszport", "Wniosek.")
    assert list(queries.searched(queries.visible_to(NOBODY), "paszportu")) == [above, below]


@pytest.mark.req("CORE-24", "CORE-03")
def test_one_search_finds_every_kind_of_thing(writer: Person, clerk: Person) -> None:
    article("Ślub w plenerze", "Urząd Stanu Cywilnego udziela ślubów.")
    groups = {found.source.code: found.hits for found in search.everything(writer, "urzad stanu", 5)}
    assert [hit.title for hit in groups["units"]] == ["Urząd Stanu Cywilnego w Łodzi"]
    assert "<mark>Urząd</mark> <mark>Stanu</mark>" in groups["articles"][0].text
    for typed in ("wojcik", "Wójcik", "zan wojc", "wojcik@okienko.example"):
        people = {found.source.code: found.hits for found in search.everything(writer, typed, 5)}["people"]
        assert [hit.title for hit in people] == ["Żaneta Wójcik"]
    assert "people" not in {found.source.code for found in search.everything(writer, "wojcikowski", 5)}
    assert {found.source.code for found in search.everything(NOBODY, "urzad stanu", 5)} == {"articles"}


@pytest.mark.req("CORE-24", "CORE-66")
@pytest.mark.parametrize(
    "typed", ["", "  ", "'", "\\", "a & !b", "(", ".*", "%", "x" * 5000, "\u0000", "🙂", "1" * 60, "[0-9]"]
)
def test_whatever_is_typed_gets_an_answer(writer: Person, client: Client, typed: str) -> None:
    client.force_login(writer)
    for address in ("/szukaj/", "/szukaj/podpowiedzi/", "/wiedza/"):
        assert client.get(address, {"q": typed}).status_code == 200


@pytest.mark.req("DESK-09")
def test_an_article_is_written_published_changed_and_withdrawn_on_pages(
    writer: Person, client: Client
) -> None:
    client.force_login(writer)
    data = {"title": "Dowód", "body": "## Co zabrać\n\n- zdjęcie", "audience": "residents", "language": "pl"}
    assert 'class="field wrong"' in client.post("/wiedza/nowy/", {**data, "title": ""}).content.decode()
    made = client.post("/wiedza/nowy/", data)
    assert made.status_code == 302
    address = made["Location"]
    assert Client().get(address).status_code == 404
    client.post(f"{address}opublikuj/", {"version": "1"})
    shown = Client().get(address).content.decode()
    assert "<h3>Co zabrać</h3>" in shown
    assert "zmiana/" not in shown
    stale = client.post(f"{address}zmiana/", {**data, "title": "Inny", "version": "1"})
    assert stale.status_code == 409
    assert 'value="Inny"' in stale.content.decode()
    client.post(f"{address}zmiana/", {**data, "title": "Inny", "version": "2"})
    assert "Inny" in Client().get("/wiedza/?q=zdjęcia").content.decode()
    client.post(f"{address}wycofaj/", {"version": "3"})
    assert Client().get(address).status_code == 404


@pytest.mark.req("CORE-03")
@pytest.mark.parametrize("address", ["nowy/", "1/zmiana/"])
def test_only_those_who_write_find_the_pages_of_writing(clerk: Person, client: Client, address: str) -> None:
    assert client.get(f"/wiedza/{address}")["Location"].startswith("/konto/")
    client.force_login(clerk)
    assert client.get(f"/wiedza/{address}").status_code == 404
    assert client.post("/wiedza/1/opublikuj/").status_code == 404
    assert client.get("/wiedza/1/opublikuj/").status_code == 405
