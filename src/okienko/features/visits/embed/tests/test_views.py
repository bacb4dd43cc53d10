"""The office's list of sites and what it gives to them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.html import escape

from okienko.base.decisions import Missing
from okienko.features.visits.embed import actions, queries
from okienko.features.visits.embed.factories import make_site
from okienko.features.visits.embed.models import Site
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_unit

from ...tests.conftest import AT, BY

pytestmark = pytest.mark.req("BOOK-21")

SITES = "/wizyty/ustawienia/strony/"


def signed_in(role: str, **where: object) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff(f"{role}@okienko.example", role, by=BY, at=AT, **where))
    return client


@pytest.fixture
def administrator(db) -> Client:
    return signed_in("administrator")


def test_a_site_is_put_on_the_list_and_into_history(administrator):
    given = {"name": "Szkoła", "origin": "HTTPS://Szkoła.Example.pl/", "active": "on"}
    assert administrator.post(f"{SITES}nowa/", given)["Location"] == SITES
    site = Site.objects.get()
    assert (site.origin, site.active) == ("https://xn--szkoa-n7a.example.pl", True)
    assert "https://szkoła.example.pl" in administrator.get(SITES).content.decode()
    entry = Entry.objects.get(kind="embed_site.added")
    assert entry.after["origin"] == site.origin
    off = administrator.post(f"{SITES}{site.pk}/", {**given, "active": "", "version": site.version})
    assert off.status_code == 302
    site.refresh_from_db()
    assert not site.active
    page = administrator.get(f"{SITES}{site.pk}/").content.decode()
    assert "Site on the list of those that may show the form changed" in page


def test_a_wrong_or_known_address_is_said_beside_its_field(administrator, site):
    for origin, said in (
        ("http://bip.example.pl", "must begin with https://"),
        ("https://bip.example.pl:443/", "on the list already"),
        ("https://bip.example.pl/wizyty", "up to the first slash"),
    ):
        page = administrator.post(f"{SITES}nowa/", {"name": "X", "origin": origin, "active": "on"})
        assert said in page.content.decode()
    assert Site.objects.count() == 1


def test_whoever_changes_has_seen_what_stands_there(administrator, site):
    actions.change_site(site, by=BY, at=AT, version=1, name="Inna", origin=site.origin, active=True)
    given = {"name": "X", "origin": site.origin, "active": "on", "version": 1}
    page = administrator.post(f"{SITES}{site.pk}/", given)
    assert "changed" in page.content.decode()
    site.refresh_from_db()
    assert site.name == "Inna"


def test_only_who_may_sees_the_list(site, office):
    clerk = signed_in("clerk", unit=office.unit)
    for address in (SITES, f"{SITES}nowa/", f"{SITES}{site.pk}/", f"{SITES}fragment/"):
        assert clerk.get(address).status_code == 404
    assert Client().get(SITES)["Location"].startswith("/konto/")
    by = Actor(int(clerk.session["_auth_user_id"]), "Urszula", "page")
    with pytest.raises(Missing):
        actions.add_site(by=by, at=AT, name="X", origin="https://x.example.pl")


@pytest.fixture
def three(office, site):
    """A site of the whole office, one of a unit, one of another unit."""
    other = add_unit(by=BY, at=AT, symbol="SP1", name="Szkoła nr 1")
    mine = make_site(by=BY, at=AT, name="Mój", origin="https://moj.example.pl", unit=office.unit)
    return site, mine, make_site(by=BY, at=AT, name="Szkolny", origin="https://szkola.example.pl", unit=other)


def test_who_looks_after_a_unit_sees_and_changes_its_sites_alone(office, three):
    here = signed_in("unit-administrator", unit=office.unit)
    whole, mine, other = three
    page = here.get(SITES).content.decode()
    assert [name in page for name in (whole.name, mine.name, other.name)] == [False, True, False]
    for hidden in (whole, other):
        assert here.get(f"{SITES}{hidden.pk}/").status_code == 404
        assert here.post(f"{SITES}{hidden.pk}/", {"name": "X"}).status_code == 404
    snippet = here.get(f"{SITES}fragment/")
    assert list(snippet.context["form"].fields["site"].queryset) == [mine]
    assert (
        "Text for the page"
        not in here.get(f"{SITES}fragment/", {"site": other.pk, "height": 700}).content.decode()
    )
    given = {"name": "Nowy", "origin": "https://nowy.example.pl", "active": "on"}
    for unit in ("", other.unit_id):
        assert here.post(f"{SITES}nowa/", {**given, "unit": unit}).status_code == 200
    assert here.post(f"{SITES}nowa/", {**given, "unit": office.unit.pk}).status_code == 302
    assert Site.objects.get(name="Nowy").unit == office.unit


def test_the_actions_ask_for_the_unit_too(office, three):
    here = signed_in("unit-administrator", unit=office.unit)
    by = Actor(int(here.session["_auth_user_id"]), "Urszula", "page")
    whole, mine, other = three
    for unit in (None, other.unit):
        with pytest.raises(Missing):
            actions.add_site(by=by, at=AT, name="X", origin="https://x.example.pl", unit=unit)
        with pytest.raises(Missing):
            actions.change_site(
                mine, by=by, at=AT, version=1, name="X", origin=mine.origin, unit=unit, active=True
            )
    for site in (whole, other):
        with pytest.raises(Missing):
            actions.change_site(
                site, by=by, at=AT, version=1, name="X", origin=site.origin, unit=office.unit, active=True
            )


def test_what_is_shown_to_whom_is_what_the_roles_say(office, three):
    """Beside a plain count: everything for the whole office, one's own unit for others, nothing for the rest."""
    everyone = {
        "administrator": set(three), "unit-administrator": {three[1]}, "clerk": set(),
    }  # fmt: skip
    for role, sites in everyone.items():
        person = make_staff(
            f"{role}2@okienko.example",
            role,
            by=BY,
            at=AT,
            **({} if role == "administrator" else {"unit": office.unit}),
        )
        assert set(queries.visible_to(person)) == sites
        assert all((site in sites) is _found(person, site) for site in three)


def _found(person, site):
    try:
        return queries.site(person, site.pk) == site
    except Missing:
        return False


def test_one_site_may_stand_on_the_lists_of_two_units_and_the_list_is_narrowed(administrator, office, three):
    whole, mine, other = three
    again = {"name": "Wspólny", "origin": mine.origin, "active": "on"}
    assert administrator.post(f"{SITES}nowa/", {**again, "unit": other.unit_id}).status_code == 302
    assert administrator.post(f"{SITES}nowa/", {**again, "unit": office.unit.pk}).status_code == 200
    for chosen, names in (
        ("urzad", {"BIP"}),
        (str(office.unit.pk), {"Mój"}),
        ("", {"BIP", "Mój", "Szkolny", "Wspólny"}),
    ):
        rows = administrator.get(SITES, {"jednostka": chosen}).context["rows"]
        assert {site.name for site, _address in rows} == names
    with pytest.raises(IntegrityError, match="site_once_for_a_unit"), transaction.atomic():
        Site.objects.create(name="X", origin=whole.origin)


@pytest.mark.parametrize(
    "origin", ["https://a b", "https://a;b", "'self'", "https://bip.example.pl/x", "*", "https:"]
)
def test_the_table_takes_nothing_but_an_origin(db, origin):
    with pytest.raises(IntegrityError, match="site_is_an_origin"), transaction.atomic():
        Site.objects.create(name="X", origin=origin)


def test_the_text_for_the_page_says_what_was_chosen(administrator, office, site, settings):
    settings.PUBLIC_ADDRESS = "https://wizyty.example"
    empty = administrator.get(f"{SITES}fragment/")
    assert "Text for the page" not in empty.content.decode()
    chosen = {
        "site": site.pk, "service": "dowod", "place": office.place.pk, "language": "uk", "height": "700", "script": "on",
    }  # fmt: skip
    page = administrator.get(f"{SITES}fragment/", chosen)
    text = page.context["text"]
    address = f"/wizyty/osadzone/{site.pk}/?usluga=dowod&amp;miejsce={office.place.pk}&amp;jezyk=uk"
    assert f'src="https://wizyty.example{address}"' in text
    assert f'title="{office.service.title}"' in text
    assert 'height="700"' in text
    assert f"{escape(text)}</textarea>" in page.content.decode()
    assert "allow-top-navigation" not in text
    assert '<script src="https://wizyty.example/wizyty/osadzone/okienko.js" defer></script>' in text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    plain = administrator.get(
        f"{SITES}fragment/", {**chosen, "script": "", "service": "", "place": "", "language": ""}
    )
    assert "<script" not in plain.context["text"]
    assert f'src="https://wizyty.example/wizyty/osadzone/{site.pk}/"' in plain.context["text"]
    wrong = administrator.get(f"{SITES}fragment/", {**chosen, "height": "1"})
    assert "Text for the page" not in wrong.content.decode()


def test_other_pages_show_no_frames(administrator):
    assert "frame-src 'none'" in administrator.get(SITES).headers["Content-Security-Policy"]


def test_a_title_cannot_break_out_of_the_text(administrator, office, site):
    type(office.service).objects.update(title='"><script>alert(1)</script>')
    page = administrator.get(f"{SITES}fragment/", {"site": site.pk, "service": "dowod", "height": "700"})
    assert "<script>alert" not in page.context["text"]
    assert "<script>alert" not in page.content.decode()


def test_the_script_keeps_its_address(client):
    found = client.get("/wizyty/osadzone/okienko.js")
    assert found.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "public" in found.headers["Cache-Control"]
    assert not found.cookies
    assert (
        client.get(
            "/wizyty/osadzone/okienko.js", headers={"if-none-match": found.headers["ETag"]}
        ).status_code
        == 304
    )
