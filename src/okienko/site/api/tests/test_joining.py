"""A unit joins by programs as on its pages: brought, compared, agreed to by who may, or sent back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from okienko.base.time import now
from okienko.features.faults.joining import actions, queries
from okienko.features.faults.joining.models import Joining
from okienko.features.faults.joining.sheets import PEOPLE, SHEETS, workbook
from okienko.kernel.people.models import Grant
from okienko.site.api.tests.conftest import AT, BY, Api, Office, problem_of

pytestmark = [pytest.mark.req("FAULT-80", "CORE-64"), pytest.mark.django_db]


@pytest.fixture
def joining(office: Office) -> Joining:
    today = timezone.localtime(now()).date()
    told: Any = {"asked_by": "Jan Próbny", "agreed_on": today, "starts_on": today + timedelta(days=10)}
    return actions.join(office.parks, by=BY, at=AT, **told)


def form(joining: Joining, inner: str = "PARKI") -> bytes:
    sheet = SHEETS[0]
    told = ("nad@okienko.example", "Nadia", "Nowa", inner, "", "", "nadzorca")
    row = dict(zip((field for _heading, field in sheet.columns), told, strict=True))
    content = queries.in_force(joining.unit, now()) | {PEOPLE: {sheet.key_of(row): row}}
    return workbook(queries.known(joining.unit), content, ())


def brought(asking: Api, joining: Joining, inner: str = "PARKI") -> Any:
    return asking.send_file(f"/joinings/{joining.pk}/files", "file", "parki.xlsx", form(joining, inner))


def overseers() -> set[str]:
    return set(
        Grant.objects.filter(role="overseer", person__last_name="Nowa").values_list(
            "person__email", flat=True
        )
    )


def test_a_file_changes_nothing_until_it_is_agreed_to(office: Office, joining: Joining) -> None:
    preparing, agreeing = office.as_("fault-administrator"), office.as_("super-overseer")
    [listed] = preparing.get("/joinings").json()
    assert (listed["id"], listed["unit"]) == (joining.pk, "PARKI")
    made = brought(preparing, joining)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["wrong"], told["refused"], told["agreed"]) == ([], "", None)
    assert ("added", "nad@okienko.example") in {
        (one["what"], one["name"].split(" · ")[0]) for one in told["differences"]
    }
    assert not overseers()
    path = f"/joinings/files/{told['id']}"
    problem_of(preparing.post(f"{path}/agree", None), 404)
    problem_of(preparing.post(f"{path}/refuse", {"reason": "Nie"}), 404)
    assert not overseers()
    assert agreeing.get(path).json()["differences"] == told["differences"]
    assert agreeing.post(f"{path}/agree", None).json() == told["differences"]
    assert overseers() == {"nad@okienko.example"}
    problem_of(agreeing.post(f"{path}/agree", None), 409)
    told = preparing.get(path).json()
    assert (told["agreed"], told["differences"]) == (True, [])


def test_a_file_is_sent_back_with_its_reason(office: Office, joining: Joining) -> None:
    agreeing = office.as_("super-overseer")
    path = f"/joinings/files/{brought(agreeing, joining).json()['id']}"
    problem_of(agreeing.post(f"{path}/refuse", {"reason": ""}), 422)
    told = agreeing.post(f"{path}/refuse", {"reason": "Brak koordynatora"}).json()
    assert (told["agreed"], told["reason"]) == (False, "Brak koordynatora")
    problem_of(agreeing.post(f"{path}/agree", None), 409)
    assert not overseers()


def test_what_is_wrong_in_a_file_is_told_and_cannot_be_agreed_to(office: Office, joining: Joining) -> None:
    agreeing = office.as_("super-overseer")
    told = brought(agreeing, joining, inner="DROGI").json()
    assert {one["column"] for one in told["wrong"]} == {"Komórka"}
    problem_of(agreeing.post(f"/joinings/files/{told['id']}/agree", None), 409)
    assert not overseers()


def test_a_joining_of_another_unit_is_not_there(office: Office, joining: Joining) -> None:
    overseer = office.as_("overseer")
    assert overseer.get("/joinings").json() == []
    problem_of(brought(overseer, joining), 404)
    path = f"/joinings/files/{brought(office.as_('super-overseer'), joining).json()['id']}"
    problem_of(overseer.get(path), 404)


def test_late_only_for_a_reason_of_who_may_agree(office: Office, joining: Joining) -> None:
    Joining.objects.update(starts_on=joining.agreed_on)
    preparing, agreeing = office.as_("fault-administrator"), office.as_("super-overseer")
    assert problem_of(brought(preparing, joining), 422)["type"].endswith("too-late")

    def late(asking: Api) -> Any:
        file = SimpleUploadedFile("parki.xlsx", form(joining))
        return asking.client.post(
            f"/api/v1/joinings/{joining.pk}/files", {"file": file, "exception": "Pożar w budynku"},
            headers={"authorization": f"Bearer {asking.secret}"},
        )  # fmt: skip

    problem_of(late(preparing), 404)
    assert late(agreeing).json()["exception"] == "Pożar w budynku"


ROW = {
    "email": "nad@okienko.example", "first_name": "Nadia", "last_name": "Nowa", "inner": "PARKI", "permissions": "nadzorca",
}  # fmt: skip


def test_a_unit_joins_and_its_agreement_is_corrected(office: Office) -> None:
    agreeing, today = office.as_("super-overseer"), timezone.localtime(now()).date()
    told = {"unit": "PARKI", "asked_by": "Jan Próbny", "agreed_on": str(today), "starts_on": str(today)}
    problem_of(office.as_("fault-administrator").post("/joinings", told), 404)
    for wrong in ({"unit": "BRAK"}, {"starts_on": str(today - timedelta(days=1))}, {"asked_by": ""}):
        problem_of(agreeing.post("/joinings", told | wrong), 422)
    made = agreeing.post("/joinings", told)
    assert (made.status_code, made.json()["unit"], made.headers["ETag"]) == (201, "PARKI", '"1"')
    problem_of(agreeing.post("/joinings", told), 422)  # it has joined already
    path = f"/joinings/{made.json()['id']}"
    later = str(today + timedelta(days=20))
    changed = agreeing.ask("PATCH", path, {"starts_on": later, "version": 1})
    assert (changed.json()["starts_on"], changed.json()["asked_by"]) == (later, "Jan Próbny")
    problem_of(agreeing.ask("PATCH", path, {"starts_on": later, "version": 1}), 409)
    problem_of(agreeing.ask("PATCH", path, {"starts_on": later, "version": 2**40}), 422)
    problem_of(office.as_("overseer").get(path), 404)
    ended = agreeing.ask("PATCH", path, {"ended_on": later, "version": 2})
    assert (ended.json()["ended_on"], agreeing.get(path).headers["ETag"]) == (later, '"3"')


def test_rows_are_the_same_as_the_form_that_holds_them(office: Office, joining: Joining) -> None:
    preparing, agreeing = office.as_("fault-administrator"), office.as_("super-overseer")
    path = f"/joinings/{joining.pk}/rows"
    of_file = brought(preparing, joining).json()
    told = preparing.post(path, {"people": [ROW]}).json()
    assert told["differences"] == of_file["differences"] != []
    twice = preparing.post(path, {"people": [ROW, ROW]}).json()
    assert twice["wrong"] != []
    wrong = preparing.post(path, {"people": [ROW | {"inner": "DROGI"}]}).json()
    assert {one["column"] for one in wrong["wrong"]} == {"Komórka"}
    problem_of(office.as_("overseer").post(path, {"people": [ROW]}), 404)
    assert not overseers()
    agreeing.post(f"/joinings/files/{told['id']}/agree", None)
    assert overseers() == {"nad@okienko.example"}
