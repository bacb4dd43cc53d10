from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend as ByPassword

from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import person_signed_in


class AuthenticationBackend(ByPassword):  # type: ignore[misc]  # allauth is not typed
    """Who is signed in comes together with their rights: every page of staff asks for both."""

    def get_user(self, user_id: Any) -> Person | None:
        return person_signed_in(user_id)
