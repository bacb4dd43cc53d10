"""One request to somebody else's machine: to the address that was checked, and nowhere else."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from okienko.kernel.webhooks import rules

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    delivered: bool
    told: str


def send(url: str, body: bytes, headers: Mapping[str, str], *, local: bool) -> Answer:
    import httpx  # a quarter of a second at every start, which only workers that send need pay

    try:
        address = rules.read_address(url, local=local)
        resolved = _resolved(address, local=local)
    except (rules.WrongAddressError, OSError, UnicodeError) as error:
        return Answer(False, f"{type(error).__name__}: {error}"[:200])
    if resolved is None:
        return Answer(False, "the address lies within a private network")
    shown = f"[{resolved}]" if ":" in resolved else resolved
    host = f"[{address.host}]" if ":" in address.host else address.host
    try:
        # The name is resolved once: what was checked is what is called, with the name's own certificate.
        with (
            httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST",
                f"{address.scheme}://{shown}:{address.port}{address.target}",
                content=body,
                headers={**headers, "Host": f"{host}:{address.port}", "Content-Type": "application/json"},
                extensions={"sni_hostname": address.host},
            ) as answer,
        ):
            return Answer(200 <= answer.status_code < 300, f"HTTP {answer.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(False, type(error).__name__)


def _resolved(address: rules.Address, *, local: bool) -> str | None:
    """An address of the host; none when any of them is one that may not be called."""
    found = {
        str(info[4][0]) for info in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    }
    if not found or not all(rules.may_be_called(one, local=local) for one in found):
        return None
    return sorted(found, key=lambda one: (":" in one, one))[0]
