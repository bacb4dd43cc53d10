from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
@pytest.mark.req("CORE-02")
@pytest.mark.parametrize("page", ["socialaccount_login_cancelled", "socialaccount_login_error"])
def test_pages_about_outside_providers_look_like_the_rest(client: Client, page: str) -> None:
    shown = client.get(reverse(page)).content.decode()
    assert 'class="office-header"' in shown
    assert shown.count("<h1") == 1
