from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from okienko.base.decisions import Refused, Stale
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages import composing, delivery, queries
from okienko.kernel.messages import models as stored
from okienko.kernel.messages.actions import back_to_original, change_settings, change_text, take_in
from okienko.kernel.messages.declaring import Original
from okienko.kernel.messages.models import IncomingMail, Mailbox, Message
from okienko.kernel.messages.tests.offices import (
    ANNA,
    AT,
    BY,
    DATA,
    LONG_AGO,
    NOTICE,
    Clock,
    number_of,
    write,
)
from okienko.kernel.people.actions import give_role, invite
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("okienko.kernel.messages.tests.urls")]
TEXT = ["test.confirmed", "pl", "-"]
TYPED = {"subject": "Temat {{number}}", "body": "Treść {{name}}", "sms": "", "example": "", "version": "0"}


def person(role: str, unit: Unit | None = None) -> Person:
    someone = invite(
        by=BY, at=LONG_AGO, email=f"{role}@okienko.example", first_name="Ewa", last_name="Przykład"
    )
    give_role(someone, role, by=BY, at=LONG_AGO, unit=unit, valid_from=LONG_AGO)
    return someone


def signed_in(role: str, unit: Unit | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person(role, unit))
    return client


@pytest.fixture
def administrator(unit: Unit) -> Client:
    return signed_in("administrator")


@pytest.fixture
def clerk(unit: Unit) -> Client:
    return signed_in("clerk", unit)


def page(client: Client, name: str, *args: object, status: int = 200, **query: str) -> str:
    response = client.get(reverse(f"office_messages:{name}", args=args), query)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def change(text: Original, version: int = 0, variant: str = "", language: str = "pl") -> stored.Edition:
    return change_text(
        "test.confirmed", text, by=BY, at=AT, language=language, version=version, variant=variant
    )


# Texts


@pytest.mark.req("CORE-30", "BOOK-38")
def test_versions_variants_and_the_way_back(unit: Unit) -> None:
    change(Original("Ogólny", "ogólny"))
    change(Original("Paszporty", "paszporty"), variant="passport")
    with pytest.raises(Stale):
        change(Original("Ktoś inny", "x"))

    def title(variant: str) -> str:
        return composing.write(NOTICE, DATA, language="pl", variant=variant).title

    assert [title(""), title("passport"), title("unknown")] == ["Ogólny", "Paszporty", "Ogólny"]
    back_to_original("test.confirmed", by=BY, at=AT, language="pl", version=1, variant="passport")
    assert title("passport") == "Ogólny"
    back_to_original("test.confirmed", by=BY, at=AT, language="pl", version=1)
    assert title("") == "Potwierdzenie dla Żaneta <b>"
    template = queries.template_of(NOTICE, "pl")
    assert [edition.version for edition in queries.editions_of(template)] == [2, 1]
    kinds = [entry.kind for entry in entries_of(template)]
    assert kinds == ["message.template_changed", "message.template_original"]


@pytest.mark.req("CORE-30", "CORE-55")
@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (Original("x", "{{nmae}}"), "wrong-wording", "body"),
        (Original("{{", "x"), "wrong-wording", "subject"),
        (Original("x", "", "{{count|a|b}}"), "wrong-wording", "sms"),
        (Original("x"), "no-text", "body"),
        (Original("", "x"), "no-subject", "subject"),
    ],
)
def test_a_wrong_text_is_refused_beside_its_field(unit: Unit, text: Original, code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        change(text)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert stored.Edition.objects.count() == 0


@pytest.mark.req("CORE-30", "CORE-55")
def test_an_unknown_placeholder_is_named_with_the_nearest_one_and_nothing_typed_is_lost(
    administrator: Client,
) -> None:
    address = reverse("office_messages:template", args=TEXT)
    response = administrator.post(address, TYPED | {"body": "Witaj {{nmae}}"})
    shown = response.content.decode()
    assert "There is no placeholder “nmae”. Did you mean “name”?" in shown
    assert "Witaj {{nmae}}" in shown
    assert administrator.post(address, TYPED).status_code == 302
    stale = administrator.post(address, TYPED | {"body": "drugi"})
    assert stale.status_code == 409
    assert "drugi" in stale.content.decode()
    assert "Treść {{name}}" in stale.content.decode()


@pytest.mark.req("CORE-30")
def test_the_preview_shows_real_data_of_a_case(administrator: Client, unit: Unit) -> None:
    address = reverse("office_messages:template", args=TEXT)
    shown = administrator.post(address, TYPED | {"preview": "1", "sms": "Ż {{number}}"}).content.decode()
    assert "Treść Anna" in shown
    assert "These are made-up data." in shown
    assert "GSM-7" in shown
    real = administrator.post(address, TYPED | {"preview": "1", "example": number_of(unit)}).content.decode()
    assert "Treść Urząd Miasta" in real
    assert f"[{number_of(unit)}]" in real
    assert stored.Edition.objects.count() == 0


@pytest.mark.req("CORE-30")
def test_versions_show_what_was_different_and_the_original_comes_back_by_one_click(
    administrator: Client,
) -> None:
    administrator.post(reverse("office_messages:template", args=TEXT), TYPED)
    shown = page(administrator, "versions", *TEXT)
    assert "<ins>Treść {{name}}</ins>" in shown
    assert "<del>Potwierdzenie dla {{name}}</del>" in shown
    assert "own text" in page(administrator, "templates")
    administrator.post(reverse("office_messages:original", args=TEXT), {"version": "1"})
    assert composing.write(NOTICE, DATA, language="pl").title.startswith("Potwierdzenie")
    assert "own text" not in page(administrator, "templates")


@pytest.mark.req("CORE-33")
def test_settings_change_how_text_messages_are_written(administrator: Client) -> None:
    address = reverse("office_messages:settings")
    assert administrator.post(address, {"sent": "1", "reply_to": "no"}).status_code == 200
    assert administrator.post(address, {"sent": "1", "reply_to": ""}).status_code == 302
    assert "zażółć" in composing.write(NOTICE, DATA, language="pl").sms


def test_every_language_has_its_original(unit: Unit) -> None:
    change_settings(by=BY, at=AT, fold_letters=False, reply_to="")
    titles = [composing.write(NOTICE, DATA, language=language).title for language in ("pl", "en", "uk")]
    assert titles == ["Potwierdzenie dla Żaneta <b>", "Confirmed for Żaneta <b>", "Підтвердження"]


# Messages


@pytest.fixture
def failed(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> Message:
    (message,) = write(unit)
    Message.objects.update(state="failed", problem="550 no such user", next_try_at=None)
    message.refresh_from_db()
    return message


@pytest.mark.req("CORE-31", "CORE-34")
def test_a_clerk_sees_what_was_not_delivered_and_sends_it_again(clerk: Client, failed: Message) -> None:
    troubles = page(clerk, "troubles")
    assert "Potwierdzenie" in troubles
    assert "550 no such user" in troubles
    assert "550 no such user" not in page(clerk, "list")
    shown = page(clerk, "message", failed.pk)
    assert "550 no such user" in shown
    assert "Żaneta &lt;b&gt;" in shown
    assert clerk.post(reverse("office_messages:again", args=[failed.pk])).status_code == 302
    failed.refresh_from_db()
    assert failed.state == Message.State.WAITING
    assert "Everything has been delivered" in page(clerk, "troubles")


@pytest.mark.req("CORE-33")
def test_the_number_of_parts_is_shown_before_and_after_sending(
    administrator: Client, clerk: Client, unit: Unit
) -> None:
    address = reverse("office_messages:template", args=TEXT)
    long = administrator.post(address, TYPED | {"preview": "1", "sms": "ż" * 161}).content.decode()
    assert "GSM-7 · 2 parts" in long
    change_settings(by=BY, at=AT, fold_letters=False, reply_to="")
    whole = administrator.post(address, TYPED | {"preview": "1", "sms": "ż" * 161}).content.decode()
    assert "UCS-2 · 3 parts" in whole
    change(Original("Temat", "Treść", "ż" * 71))
    sent = next(one for one in write(unit, phone="600 100 200") if one.channel == "sms")
    assert "(2 parts)" in page(clerk, "message", sent.pk)


@pytest.mark.req("CORE-34")
def test_a_message_says_to_whom_when_and_when_it_was_delivered(clerk: Client, unit: Unit) -> None:
    (sent,) = write(unit)
    times = {"written_at": AT, "sent_at": AT + timedelta(hours=1), "delivered_at": AT + timedelta(hours=2)}
    Message.objects.update(state="delivered", next_try_at=None, **times)
    with translation.override("en"):
        about = Template("{% load office_messages %}{% messages_about unit %}").render(
            Context({"unit": unit})
        )
    shown = page(clerk, "message", sent.pk)
    for one in (about, shown):
        assert ANNA in one
        assert sent.text.splitlines()[0].split(",")[0] in one
        for at in times.values():
            assert f'datetime="{at.isoformat()}"' in one
    assert number_of(unit) in shown


@pytest.mark.req("CORE-31")
def test_many_are_sent_again_after_a_question(clerk: Client, failed: Message, unit: Unit) -> None:
    write(unit, cause="2")
    Message.objects.filter(cause="2").update(state="uncertain", next_try_at=None)
    address = reverse("office_messages:again_many")
    asked = clerk.post(address, {"view": "", "everything": "1"}).content.decode()
    assert "2 messages will be sent again." in asked
    assert "1 of them may have arrived already" in asked
    clerk.post(address, {"view": "", "everything": "1", "confirmed": "1"})
    assert set(Message.objects.filter(unit=unit).values_list("state", flat=True)) == {"waiting"}
    assert clerk.post(address, {"view": "", "selected": "x"}).status_code == 302


def test_messages_of_another_unit_are_not_there(failed: Message) -> None:
    other = signed_in("clerk", add_unit(by=BY, at=LONG_AGO, symbol="X", name="Inny"))
    assert "Potwierdzenie" not in page(other, "list")
    page(other, "message", failed.pk, status=404)
    assert other.post(reverse("office_messages:again", args=[failed.pk])).status_code == 404


@pytest.mark.parametrize("name", ["templates", "list", "troubles", "incoming", "settings"])
def test_who_may_open_which_page(unit: Unit, name: str) -> None:
    address = reverse(f"office_messages:{name}")
    assert Client().get(address).status_code == 302
    assert signed_in("data-protection-officer").get(address).status_code == 404
    assert signed_in("administrator").get(address).status_code == 200
    assert signed_in("clerk", unit).get(address).status_code == (404 if name == "settings" else 200)


def test_texts_are_changed_by_administrators_only(clerk: Client, administrator: Client) -> None:
    for name in ("template", "versions"):
        page(clerk, name, *TEXT, status=404)
        page(administrator, name, *TEXT)
        page(administrator, name, "test.confirmed", "pl", "unknown", status=404)
        page(administrator, name, "unknown", "pl", "-", status=404)


@pytest.mark.parametrize(
    "query",
    [
        {"state": "failed"},
        {"channel": "sms"},
        {"notice": "test.confirmed"},
        {"written_from": "2026-01-01"},
        {"q": "anna@example.org"},
    ],
)
def test_the_list_is_narrowed(clerk: Client, failed: Message, query: dict[str, str]) -> None:
    assert ("Potwierdzenie" in page(clerk, "list", **query)) == ("channel" not in query)


@pytest.mark.req("CORE-34")
def test_a_page_about_a_thing_shows_its_messages(unit: Unit, failed: Message) -> None:
    template = Template("{% load office_messages %}{% messages_about unit %}")
    with translation.override("en"):
        shown = template.render(Context({"unit": unit}))
    assert "could not be delivered" in shown
    assert "Sprawa 100 014" in shown


# Mail that came


@pytest.fixture
def untaken(unit: Unit) -> IncomingMail:
    box = Mailbox.objects.create(address="urzad@imap/INBOX")
    source = b"From: <script>@example.org\r\nSubject: <b>Reklama</b>\r\n\r\n<script>alert(1)</script>"
    kept = take_in(box, source, uid=1, by=BY, at=AT)
    assert kept is not None
    IncomingMail.objects.update(state="untaken")
    return kept


@pytest.mark.req("CORE-32")
def test_mail_that_nobody_took_is_listed_shown_and_set_aside(
    administrator: Client, untaken: IncomingMail
) -> None:
    assert "1 mail that nobody took" in page(administrator, "incoming", state="untaken")
    shown = page(administrator, "mail", untaken.pk)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown
    source = administrator.get(reverse("office_messages:source", args=[untaken.pk]))
    assert source.content.endswith(b"<script>alert(1)</script>")
    assert source["Content-Type"] == "application/octet-stream"
    assert source["Content-Disposition"].startswith("attachment")
    administrator.post(reverse("office_messages:set_aside", args=[untaken.pk]))
    untaken.refresh_from_db()
    assert untaken.state == IncomingMail.State.ASIDE


def test_the_box_is_not_for_a_clerk_of_one_unit(clerk: Client, untaken: IncomingMail) -> None:
    assert "Reklama" not in page(clerk, "incoming")
    page(clerk, "mail", untaken.pk, status=404)
    page(clerk, "source", untaken.pk, status=404)
    assert clerk.post(reverse("office_messages:set_aside", args=[untaken.pk])).status_code == 404


def test_pages_take_few_queries(clerk: Client, unit: Unit, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        write(unit, cause=str(number))
    delivery.deliver_due("email", clock=Clock())
    page(clerk, "list")  # the first page of a session finds out about the second factor, and keeps it
    # The session, the person, what they may do, and where; then the rows and how many there are.
    with django_assert_max_num_queries(6):
        page(clerk, "list")
