from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from okienko.kernel.consents import actions, looks
from okienko.kernel.consents.jobs import remove
from okienko.kernel.consents.models import ConsentGiven, ConsentText, Look, RetentionRun
from okienko.kernel.consents.tests.test_actions import AT, BY, me, published, resident
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("okienko.kernel.consents.tests.urls")]

STAFF = ["/zgody/", "/zgody/grupa/", "/zgody/{text}/", "/zgody/{text}/ogloszenie/", "/wglady/", "/retencja/",
         "/retencja/closed-accounts/"]  # fmt: skip


def staff(role: str) -> Person:
    return make_staff(f"{role}@okienko.example", role, by=BY, at=AT, first_name=role)


def page(client: Client, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.mark.req("CORE-03")
@pytest.mark.parametrize("address", STAFF)
def test_the_screens_are_for_those_who_answer_for_personal_data(client: Client, address: str) -> None:
    address = address.format(text=published().pk)
    assert client.get(address)["location"].startswith("/konto/login/")
    for person in (make_staff("nobody@okienko.example", by=BY, at=AT), resident()):
        client.force_login(person)
        actions.record_given(ConsentText.objects.all(), by=me(person), at=timezone.now(), person=person)
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    for role in ("administrator", "data-protection-officer"):
        client.force_login(staff(role))
        for language in ("en", "pl", "uk"):
            assert f'<html lang="{language}"' in page(client, address, language)


@pytest.mark.req("CORE-40")
def test_a_text_is_written_published_copied_and_ended(client: Client) -> None:
    client.force_login(staff("data-protection-officer"))
    assert "Making an account" in page(client, "/zgody/")
    client.post("/zgody/grupa/", {"name": "Konkurs", "code": "contest"})
    group = page(client, "/zgody/") and ConsentText._meta.get_field("group").related_model.objects.get(
        code="contest"
    )
    wrong = client.post(f"/zgody/grupa/{group.pk}/tresc/", {"code": "z ą", "text_pl": "Zostaje"})
    assert "Zostaje" in wrong.content.decode()
    client.post(f"/zgody/grupa/{group.pk}/tresc/", {"code": "photo", "text_pl": "Zdjęcia", "required": "on"})
    text = ConsentText.objects.get()
    stale = {"text_pl": "Moje", "version": 1}
    actions.change_draft(text, by=BY, at=AT, version=1, text_pl="Cudze")
    shown = client.post(f"/zgody/{text.pk}/zmiana/", stale).content.decode()
    assert "Moje" in shown
    assert "Cudze" in shown
    assert client.post(f"/zgody/{text.pk}/ogloszenie/", {}).status_code in (200, 302)
    client.post(f"/zgody/{text.pk}/ogloszenie/", {"valid_from_0": "", "valid_from_1": "", "x": "1"})
    text.refresh_from_db()
    assert text.status == "published"
    assert "Zdjęcia" not in page(client, f"/zgody/grupa/{group.pk}/tresc/{text.pk}/")
    assert "Cudze" in page(client, f"/zgody/grupa/{group.pk}/tresc/{text.pk}/")
    client.post(f"/zgody/{text.pk}/koniec/")
    text.refresh_from_db()
    assert text.valid_until is not None


@pytest.mark.req("CORE-40")
def test_a_resident_is_asked_at_the_next_sign_in_and_then_left_alone(client: Client) -> None:
    person, text = resident(), published(words="Nowy regulamin")
    client.force_login(person)
    assert client.get("/moje/")["location"] == "/moje/zgody/przyjecie/?next=%2Fmoje%2F"
    assert "Nowy regulamin" in page(client, "/moje/zgody/przyjecie/?next=/moje/")
    refused = client.post("/moje/zgody/przyjecie/?next=/moje/", {"x": "1"})
    assert 'class="error"' in refused.content.decode()
    answer = {f"consent_{text.pk}": "on"}
    assert client.post("/moje/zgody/przyjecie/?next=https://evil.example/", answer)["location"] == "/"
    assert client.get("/moje/").status_code == 200
    published(words="Jeszcze nowszy", at=AT + timedelta(hours=1))
    assert client.get("/moje/").status_code == 200
    client.force_login(person)
    client.logout()
    client.force_login(person)
    assert client.get("/moje/").status_code == 302


@pytest.mark.req("CORE-40")
def test_the_profile_shows_the_wording_and_withdraws(client: Client) -> None:
    person = resident()
    needed, wanted = published(words="Regulamin"), published("news", required=False, words="Biuletyn")
    one, other = actions.record_given([needed, wanted], by=me(person), at=AT, person=person)
    client.force_login(person)
    shown = page(client, "/moje/zgody/")
    assert "Regulamin" in shown
    assert "Biuletyn" in shown
    client.post(f"/moje/zgody/{other.pk}/wycofanie/")
    assert ConsentGiven.objects.get(pk=other.pk).withdrawn_at is not None
    told = page(client, f"/moje/zgody/{one.pk}/wycofanie/")
    assert "your personal data removed" in told
    assert client.post(f"/moje/zgody/{one.pk}/wycofanie/").status_code == 200
    assert client.post(f"/moje/zgody/{one.pk}/wycofanie/", {"sure": "on"}).status_code == 302
    person.refresh_from_db()
    assert not person.is_active
    client.force_login(resident("x@example.org"))
    assert client.get(f"/moje/zgody/{one.pk}/wycofanie/").status_code == 404


@pytest.mark.req("CORE-44")
def test_the_log_answers_by_person_and_by_clerk_and_keeps_the_question(client: Client) -> None:
    clerk, seen = make_staff("anna@okienko.example", by=BY, at=AT, first_name="Anna"), resident()
    looks.note(seen, by=me(clerk), at=AT, about="ola@example.org")
    officer = staff("data-protection-officer")
    client.force_login(officer)
    assert "Anna" in page(client, "/wglady/?about=OLA@example.org")
    assert "people.person" in page(
        client, "/wglady/?clerk=anna@okienko.example&first=1.11.2026&last=16.11.2026"
    )
    assert "Anna" not in page(client, "/wglady/?about=ola@example.org&last=15.11.2026")
    assert Look.objects.filter(clerk=officer, about="ola@example.org", subject_id=0).exists()
    looks.note(seen, by=me(clerk), at=AT, about="+48 600 100 200")
    assert "Anna" in page(client, "/wglady/?about=600+100-200")
    assert "Anna" not in page(client, "/wglady/?about=600+100-201")
    assert "Anna" not in page(client, "/wglady/?clerk=iod@okienko.example")
    assert "Anna" not in page(client, "/wglady/?clerk=anna@okienko.example&first=17.11.2026")
    assert 'class="error"' in page(client, "/wglady/?about=")


@pytest.mark.req("CORE-41")
def test_the_dry_run_is_shown_and_removes_only_when_told(client: Client) -> None:
    person = resident()
    Person.objects.filter(pk=person.pk).update(left_at=timezone.now() - timedelta(days=90), is_active=False)
    client.force_login(staff("data-protection-officer"))
    assert "ola@example.org" in page(client, "/retencja/closed-accounts/")
    out = StringIO()
    call_command("retention", stdout=out)
    assert "ola@example.org" in out.getvalue()
    person.refresh_from_db()
    assert person.email == "ola@example.org"
    client.post("/retencja/closed-accounts/")
    remove(RetentionRun.objects.get().pk)
    person.refresh_from_db()
    assert person.email != "ola@example.org"
    assert RetentionRun.objects.get().removed == 1
    assert client.get("/retencja/nonsense/").status_code == 404
