"""The invented city, with somebody of every role, for tests that go through the whole house."""

from collections.abc import Callable

import pytest
from django.test import Client

from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person
from okienko.site.demo import load


@pytest.fixture
def city(db, settings, tmp_path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a dozen people a test
    load()


def person(name: str) -> Person:
    return Person.objects.get(email=f"{name}@okienko.example")


@pytest.fixture
def sign_in(city) -> Callable[[str], Client]:
    def as_(name: str) -> Client:
        client = Client()
        if name:
            client.force_login(person(name))
        return client

    return as_


@pytest.fixture
def actor(city) -> Callable[[str], Actor]:
    def as_(name: str) -> Actor:
        one = person(name)
        return Actor(one.pk, one.name)

    return as_
