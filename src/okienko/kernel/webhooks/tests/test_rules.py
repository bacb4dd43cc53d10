from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.kernel.webhooks import rules


@pytest.mark.req("CORE-64")
def test_the_signature_is_that_of_the_published_example() -> None:
    import base64

    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = rules.sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.req("CORE-66")
@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.1.1", "172.16.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1",  # noqa: S104
     "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "64:ff9b:1::1",
     "::7f00:1", "::ffff:0:a00:1", "fec0::1", "2002:5db8:d70e::1", "224.0.0.1", "255.255.255.255",
     "x", ""],
)  # fmt: skip
def test_nothing_behind_our_walls_is_called(address: str) -> None:
    assert not rules.may_be_called(address, local=False)


def test_what_may_be_called() -> None:
    assert rules.may_be_called("93.184.215.14", local=False)
    assert rules.may_be_called("2606:2800:21f::1", local=False)
    assert rules.may_be_called("127.0.0.1", local=True)
    assert not rules.may_be_called("10.0.0.1", local=True)


@pytest.mark.req("CORE-66")
@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "https://", "https://a:b@example.org/", "example.org", "",
     "https://example.org:99999/", "http://127.0.0.1/", "https://example.org/#x", "https://[::1"],
)  # fmt: skip
def test_only_encrypted_plain_addresses_are_taken(url: str) -> None:
    with pytest.raises(rules.WrongAddressError):
        rules.read_address(url, local=False)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(url: str) -> None:
    with contextlib.suppress(rules.WrongAddressError):
        assert rules.read_address(url, local=False).scheme == "https"


@pytest.mark.req("CORE-64")
def test_pauses_grow_until_it_is_given_up() -> None:
    pauses = [rules.pause_after(attempts) for attempts in range(1, 9)]
    assert pauses == sorted(pauses, key=lambda pause: pause or 0)  # type: ignore[arg-type, return-value]
    assert None not in pauses
    assert rules.pause_after(9) is None
