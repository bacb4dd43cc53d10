"""From where a request comes."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_OF_ONE_CONNECTION = 64


def client_address(request: HttpRequest) -> str:
    """The first address from the right that is not one of our proxies: what stands further left anybody may write."""
    address: str = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    while forwarded and _is_proxy(address):
        before = forwarded.pop().strip()
        if not before:
            break
        address = before
    return address


def caller(request: HttpRequest) -> str:
    """Whom limits count: the address, of IPv6 the beginning that all addresses of one connection share."""
    address = client_address(request)
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    return str(
        found.ipv4_mapped or ip_network((int(found), _OF_ONE_CONNECTION), strict=False).network_address
    )


def _is_proxy(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES)
