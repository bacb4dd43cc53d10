"""Sessions as Django keeps them, each written by one statement: it is whole by itself and needs no transaction around it."""

from __future__ import annotations

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as Stored
from django.db import connection
from django.utils.crypto import get_random_string

_LENGTH = 32
_INSERT = """
INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_UPDATE = "UPDATE django_session SET session_data = %s, expire_date = %s WHERE session_key = %s"


class SessionStore(Stored):
    def create(self) -> None:
        """Whether somebody else has the key is found out by writing it."""
        while True:
            self._session_key = get_random_string(_LENGTH, VALID_KEY_CHARS)
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # unknown to the stubs
        row = self.create_model_instance(data)
        with connection.cursor() as cursor:
            if must_create:
                cursor.execute(_INSERT, [row.session_key, row.session_data, row.expire_date])
            else:
                cursor.execute(_UPDATE, [row.session_data, row.expire_date, row.session_key])
            if not cursor.rowcount:
                raise CreateError if must_create else UpdateError
