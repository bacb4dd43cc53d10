"""How an event travels: which addresses may be called, how it is signed, when it is tried again. No Django.

The signature is that of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, so that receivers can use any
of its libraries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

SECRET_BEGINNING = "whsec_"  # noqa: S105  (the mark of such secrets, not one of them)
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)
# What the Internet gives out of IPv6, and within it what stands for an IPv4 address behind a gateway.
PUBLIC_SIX, SIX_TO_FOUR = IPv6Network("2000::/3"), IPv6Network("2002::/16")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where an event goes, taken apart once."""

    scheme: str
    host: str
    port: int
    target: str


class WrongAddressError(ValueError):
    pass


def read_address(url: str, *, local: bool) -> Address:
    """Encrypted always, except to this very machine while trying things out."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WrongAddressError("not an address") from error
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise WrongAddressError("not an address")
    if parts.scheme != "https" and not (local and parts.scheme == "http" and host in LOCAL_NAMES):
        raise WrongAddressError("not encrypted")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target)


def may_be_called(resolved: str, *, local: bool) -> bool:
    """Only addresses of the public network: what stands behind our own walls is nobody's to be reached through us."""
    try:
        address: IPv4Address | IPv6Address = ip_address(resolved)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    if local and address.is_loopback:
        return True
    if isinstance(address, IPv6Address) and (address not in PUBLIC_SIX or address in SIX_TO_FOUR):
        return False
    return address.is_global and not address.is_multicast


def secret_of(key: bytes) -> str:
    return SECRET_BEGINNING + base64.b64encode(key).decode()


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; none when it is given up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
