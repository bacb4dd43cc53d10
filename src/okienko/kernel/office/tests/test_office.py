from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from okienko.base.decisions import Missing, Refused, Stale
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.office import queries
from okienko.kernel.office.actions import change_office, set_coat_of_arms
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.ui import office as shown

pytestmark = pytest.mark.django_db

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
TEXTS = {
    "name": "Starostwo w Przykładowie",
    "subtitle": "Wydział Komunikacji",
    "contact": "ul. Zmyślona 1",
    "accessibility_page": "https://powiat.example/deklaracja-dostepnosci",
    "privacy_page": "https://powiat.example/rodo",
    "bip_page": "https://bip.powiat.example/",
    "colour": "#7a1020",
}


def picture(width: int = 900, height: int = 1200, form: str = "PNG") -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGBA" if form != "JPEG" else "RGB", (width, height), (200, 0, 0)).save(out, form, exif=exif)
    return out.getvalue()


@pytest.fixture
def chief() -> Person:
    return make_staff("ewa@okienko.example", "administrator", by=BY, at=AT)


@pytest.fixture
def page(chief: Person, client: Client) -> Client:
    client.force_login(chief)
    return client


@pytest.mark.req("CORE-01")
def test_an_office_gives_itself_a_name_that_stands_on_every_page(page: Client) -> None:
    assert TEXTS["name"] not in page.get("/", {"strona": ""}).content.decode()
    saved = page.post("/urzad/", {**TEXTS, "colour": "#7A1020", "version": 0}, follow=True)
    assert saved.status_code == 200
    home = page.get("/", {"strona": ""}).content.decode()
    for name in TEXTS.keys() - {"colour"}:
        assert TEXTS[name] in home, name
    assert "Deklaracja dostępności" in home
    assert page.get("/ui/manifest.webmanifest").json()["name"] == TEXTS["name"]
    assert b"#7a1020" in page.get("/ui/theme.css").content
    assert Entry.objects.filter(kind="office.changed").count() == 1


@pytest.mark.req("CORE-01")
def test_the_coat_of_arms_is_made_small_and_bare_and_kept_by_browsers(page: Client) -> None:
    upload = SimpleUploadedFile("herb.png", picture(), "image/png")
    assert page.post("/urzad/herb/", {"picture": upload, "version": 0}).status_code == 302
    address = shown.current().coat_of_arms
    assert f'src="{address}"' in page.get("/", {"strona": ""}).content.decode()
    answer = Client().get(address)
    assert "immutable" in answer["Cache-Control"]
    with Image.open(BytesIO(answer.content)) as made:
        assert made.format == "PNG"
        assert made.size == (216, 288)
        assert not made.getexif()
    assert Client().get(address.replace(queries.profile().mark, "0" * 20)).status_code == 404
    page.post("/urzad/herb/", {"without": "on", "version": 1})
    assert shown.current().coat_of_arms == ""
    assert Client().get(address).status_code == 404


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nothing", None),
        ("words", b"<svg onload='alert(1)'></svg>"),
        ("half", picture()[:300]),
        ("huge", b"\x89PNG" + bytes(5 * 1024 * 1024)),
    ],
)
def test_what_is_no_picture_is_refused_beside_its_field(
    page: Client, name: str, content: bytes | None
) -> None:
    given: dict[str, Any] = {"version": 0}
    if content is not None:
        given["picture"] = SimpleUploadedFile("herb.png", content, "image/png")
    answer = page.post("/urzad/herb/", given)
    assert answer.status_code == 200, name
    assert answer.context["form"].errors["picture"]
    assert queries.profile().version == 0


@pytest.mark.req("CORE-25")
def test_who_did_not_see_what_stands_there_sees_it_and_keeps_what_was_typed(page: Client) -> None:
    change_office(by=BY, at=AT, version=0, **TEXTS)
    answer = page.post("/urzad/", {**TEXTS, "name": "Powiat", "version": 0})
    assert answer.context["differing"] == [("Nazwa", TEXTS["name"])]
    assert 'value="Powiat"' in answer.content.decode()
    with pytest.raises(Stale):
        set_coat_of_arms(picture(), by=BY, at=AT, version=0)


@pytest.mark.req("CORE-03")
def test_only_who_may_change_the_office_finds_its_page(client: Client) -> None:
    clerk = make_staff("adam@okienko.example", "data-protection-officer", by=BY, at=AT)
    client.force_login(clerk)
    assert client.get("/urzad/").status_code == 404
    assert client.get("/urzad/herb/").status_code == 404
    with pytest.raises(Missing):
        change_office(by=Actor(clerk.pk, clerk.name), at=AT, version=0, **TEXTS)


@pytest.mark.req("CORE-55")
def test_a_picture_with_too_many_points_is_not_even_read() -> None:
    bomb = BytesIO()
    Image.new("1", (6000, 6000)).save(bomb, "PNG")
    with pytest.raises(Refused):
        set_coat_of_arms(bomb.getvalue(), by=BY, at=AT, version=0)


@pytest.mark.req("CORE-61")
def test_pages_ask_for_it_now_and_then_and_a_change_shows_at_once_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = iter((0.0, 29.0, 31.0, 31.0, 31.0))
    monkeypatch.setattr(queries, "monotonic", lambda: next(times))
    with CaptureQueriesContext(connection) as asked:
        for statements in (1, 1, 2):
            shown.current()
            assert len(asked) == statements
    monkeypatch.undo()
    change_office(by=BY, at=AT, version=0, **TEXTS)
    assert shown.current().name == TEXTS["name"]


@pytest.mark.req("CORE-63")
def test_where_the_database_does_not_answer_pages_show_what_was_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(queries, "profile", away)
    assert shown.current().name == "Okienko"
    monkeypatch.undo()
    change_office(by=BY, at=AT, version=0, **TEXTS)
    assert shown.current().name == TEXTS["name"]
    monkeypatch.setattr(queries, "profile", away)
    monkeypatch.setattr(queries, "KEPT_SECONDS", -1.0)
    assert shown.current().name == TEXTS["name"]
