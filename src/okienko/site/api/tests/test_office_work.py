"""What administrators do on their pages, done by programs: texts, webhooks, articles, consents, removal, looks, imports."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from okienko.kernel.consents.models import Look, RetentionRun
from okienko.kernel.knowledge.models import Article
from okienko.kernel.messages.declaring import notice
from okienko.kernel.units.models import Unit
from okienko.kernel.webhooks.models import Endpoint
from okienko.site.api.tests.conftest import problem_of

TEXT = "/texts/fault.changed/pl"


@pytest.mark.req("CORE-30", "CORE-64")
class TestTexts:
    def test_a_text_is_changed_shown_filled_in_and_taken_back(self, office):
        asking = office.as_("administrator")
        known = {one["code"]: one for one in asking.get("/texts").json()}
        assert {one["name"] for one in known["fault.changed"]["placeholders"]} >= {"number", "state"}
        before = asking.get(TEXT).json()
        assert (before["version"], before["changed"]) == (0, False)
        told = {"subject": "Zmiana", "body": "Zgłoszenie {{number}}: {{state}}."}
        filled = asking.post(f"{TEXT}/preview", told).json()
        assert str(notice("fault.changed").samples["number"]) in filled["body"]
        answer = asking.ask("PUT", TEXT, told | {"version": 0})
        assert (answer.status_code, answer.json()["changed"]) == (200, True)
        assert answer["ETag"] == '"1"'
        answer = asking.post(f"{TEXT}/original?version=1", None)
        assert answer.json()["body"] == before["body"]

    def test_what_cannot_be_filled_in_or_is_late_changes_nothing(self, office):
        asking = office.as_("administrator")
        wrong = {"subject": "x", "body": "{{nobody_knows}}", "version": 0}
        told = problem_of(asking.ask("PUT", TEXT, wrong), 422)
        assert "nobody_knows" in str(told)
        asking.ask("PUT", TEXT, {"subject": "x", "body": "y", "version": 0})
        problem_of(asking.ask("PUT", TEXT, {"subject": "x", "body": "z", "version": 0}), 409)
        assert asking.get(TEXT).json()["body"] == "y"
        assert problem_of(asking.ask("PUT", "/texts/fault.changed/xx", wrong), 404)


@pytest.mark.req("CORE-64")
def test_an_address_is_told_from_when_it_is_added_until_it_is_switched_off(office):
    asking = office.as_("administrator")
    given = {"name": "Tablica", "url": "https://hooks.example/a", "events": ["case.registered"]}
    made = asking.post("/webhooks", given)
    assert made.status_code == 201
    assert made.json()["secret"]
    assert [one["name"] for one in asking.get("/webhooks").json()] == ["Tablica"]
    assert "secret" not in asking.get("/webhooks").json()[0]
    path = f"/webhooks/{made.json()['id']}"
    assert asking.ask("PATCH", path, {"active": False, "version": 1}).json()["active"] is False
    problem_of(asking.ask("PATCH", path, {"active": True, "version": 1}), 409)
    problem_of(asking.ask("PATCH", path, {"events": ["no.such"], "version": 2}), 422)
    problem_of(office.as_("operator").ask("PATCH", path, {"active": True, "version": 2}), 404)
    assert Endpoint.objects.get().active is False
    assert asking.get("/webhooks/failures").json() == []


@pytest.mark.req("CORE-64")
def test_an_article_is_written_published_and_found_by_those_for_whom_it_is(office):
    asking, reader = office.as_("administrator"), office.as_("a resident")
    given = {"title": "Dziury w jezdni", "body": "Zgłoś **dziurę**.", "audience": "residents"}
    made = asking.post("/articles", given).json()
    path = f"/articles/{made['id']}"
    problem_of(reader.get(path), 404)
    answer = asking.ask("PATCH", path, {"title": "Dziury", "published": True, "version": made["version"]})
    assert (answer.json()["title"], answer.json()["state"]) == ("Dziury", "published")
    assert [one["id"] for one in reader.get("/articles?q=dziurami").json()] == [made["id"]]
    problem_of(reader.ask("PATCH", path, {"title": "x", "version": answer.json()["version"]}), 404)
    problem_of(asking.ask("PATCH", path, {"title": "x", "published": False, "version": 1}), 409)
    assert Article.objects.get().title == "Dziury"


@pytest.mark.req("CORE-40", "CORE-64")
def test_a_consent_is_drafted_changed_put_in_force_and_ended(office):
    asking = office.as_("administrator")
    group = asking.post("/consents", {"code": "zdjecia", "name": "Zdjęcia"}).json()
    text = asking.post(f"/consents/{group['id']}/texts", {"code": "foto", "text_pl": "Zgadzam się."}).json()
    path = f"/consents/texts/{text['id']}"
    changed = asking.ask("PATCH", path, {"required": True, "version": 1}).json()
    assert (changed["required"], changed["text_pl"]) == (True, "Zgadzam się.")
    assert asking.post(f"{path}/publish", {}).json()["status"] == "published"
    problem_of(asking.ask("PATCH", path, {"text_pl": "Inaczej.", "version": 3}), 409)
    assert asking.post(f"{path}/end", None).json()["valid_until"]
    problem_of(office.as_("operator").post(f"{path}/end", None), 404)
    [shown] = [one for one in asking.get("/consents").json() if one["code"] == "zdjecia"]
    assert [one["code"] for one in shown["texts"]] == ["foto"]


@pytest.mark.req("CORE-41", "CORE-64")
def test_what_is_due_is_seen_before_it_is_removed(office):
    asking = office.as_("data-protection-officer")
    assert {"closed-accounts", "visits"} <= {one["code"] for one in asking.get("/retention").json()}
    assert asking.get("/retention/closed-accounts").json() == []
    assert asking.post("/retention/closed-accounts", None).status_code == 202
    assert RetentionRun.objects.get().rule == "closed-accounts"
    assert [one["rule"] for one in asking.get("/retention/runs").json()] == ["closed-accounts"]
    problem_of(asking.post("/retention/no-such", None), 404)


@pytest.mark.req("CORE-44", "CORE-64")
def test_who_asks_who_looked_is_seen_to_have_asked(office):
    asking = office.as_("data-protection-officer")
    asking.get("/looks?about=ewa@example.org")
    [asked] = asking.get("/looks?about=EWA@example.org").json()
    assert (asked["clerk"], asked["about"]) == (
        office.people["data-protection-officer"].email,
        "ewa@example.org",
    )
    assert Look.objects.count() == 1
    problem_of(asking.get("/looks"), 422)


@pytest.mark.req("CORE-05", "CORE-64")
def test_the_organisation_goes_out_and_comes_back_as_an_exact_difference(office):
    asking = office.as_("administrator")
    book = load_workbook(BytesIO(asking.get("/organisation").content))
    units = book["Jednostki"]
    headings = [cell.value for cell in units[1]]
    row = next(row for row in units.iter_rows(min_row=2) if row[headings.index("Symbol")].value == "PARKI")
    row[headings.index("Nazwa")].value = "Zieleń miejska"
    out = BytesIO()
    book.save(out)
    made = asking.send_file("/organisation/imports", "file", "organizacja.xlsx", out.getvalue())
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["wrong"], told["refused"]) == ([], "")
    [difference] = told["differences"]
    assert difference["cells"] == [{"heading": "Nazwa", "before": "Parki", "after": "Zieleń miejska"}]
    assert Unit.objects.get(symbol="PARKI").name == "Parki"
    path = f"/organisation/imports/{told['id']}"
    problem_of(office.as_("operator").post(f"{path}/apply", None), 404)
    assert asking.post(f"{path}/apply", None).json() == [difference]
    assert Unit.objects.get(symbol="PARKI").name == "Zieleń miejska"
    problem_of(asking.post(f"{path}/apply", None), 409)
    assert asking.get(path).json()["applied_at"]
