"""What the invented office lets everybody read is found where a resident looks, and leads on."""

import re

import pytest
from django.test import Client

from okienko.kernel.knowledge.models import Article

pytestmark = pytest.mark.usefixtures("city")


def test_articles_are_found_from_the_form_and_by_their_words():
    client = Client()
    assert "/wiedza/" in client.get("/zgloszenia/").content.decode()
    page = client.get("/wiedza/").content.decode()
    assert Article.objects.count() == 5
    assert all(one.title in page for one in Article.objects.all())
    found = client.get("/wiedza/?q=śniegiem").content.decode()
    assert "Śnieg, lód" in found
    assert "Jak umówić wizytę" not in found


def test_every_link_of_theirs_leads_somewhere():
    links = {link for one in Article.objects.all() for link in re.findall(r"\]\((/[^)]*)\)", one.body)}
    assert links
    assert {link: Client().get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_without_articles_nothing_leads_to_them():
    Article.objects.all().delete()
    assert "/wiedza/" not in Client().get("/zgloszenia/").content.decode()
