from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from okienko.kernel.history.actors import Actor
from okienko.kernel.messages import delivery
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.tests.offices import AT, BY, Clock
from okienko.kernel.messages.tests.servers import smtp_server
from okienko.kernel.people.factories import make_staff

pytestmark = pytest.mark.django_db
TRY = "/wiadomosci/ustawienia/proba/"


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(make_staff("ewa@okienko.example", "administrator", by=BY, at=AT))
    Message.objects.all().delete()
    return client


@pytest.mark.req("CORE-32", "CORE-33")
def test_a_trial_goes_the_way_of_every_message_and_its_state_is_shown(page: Client, settings: Any) -> None:
    with smtp_server() as (box, address):
        settings.SMTP_URL = address
        answer = page.post(TRY, {"email": "adam@okienko.example", "phone": "600 000 000"})
        messages = {one.channel: one for one in Message.objects.all()}
        assert {one.address for one in messages.values()} == {"adam@okienko.example", "48600000000"}
        assert answer["Location"] == f"/wiadomosci/{messages['email'].pk}/"
        delivery.deliver_due("email", clock=Clock(messages["email"].written_at))
    assert len(box.mails) == 1
    messages["email"].refresh_from_db()
    assert messages["email"].state == Message.State.SENT
    assert page.get(answer["Location"]).status_code == 200


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize("given", [{}, {"email": "adam"}, {"phone": "12"}, {"phone": "zero"}])
def test_a_trial_to_nowhere_is_refused_and_what_was_typed_stays(page: Client, given: dict[str, str]) -> None:
    answer = page.post(TRY, given)
    assert answer.status_code == 200
    assert answer.context["trial"].errors
    for typed in given.values():
        assert f'value="{typed}"' in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.req("CORE-32")
def test_the_page_says_how_messages_leave(page: Client, settings: Any) -> None:
    def way() -> str:
        return dict(page.get("/wiadomosci/ustawienia/").context["ways"])["e-mail"]

    folder = way()
    settings.PRODUCTION = True
    nowhere = way()
    settings.SMTP_URL = "smtp://mail.example"
    assert len({folder, nowhere, way()}) == 3


@pytest.mark.req("CORE-03")
def test_a_trial_is_for_those_who_look_after_messages(client: Client) -> None:
    client.force_login(
        make_staff("iod@okienko.example", "data-protection-officer", by=Actor.system("t"), at=AT)
    )
    assert client.post(TRY, {"email": "iod@okienko.example"}).status_code == 404
