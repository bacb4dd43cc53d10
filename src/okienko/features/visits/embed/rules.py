"""Which sites may show the form in a frame, how their address is written, and which pages the frame has."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import idna
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.decisions import Refused
from okienko.kernel.people.roles import Permission

PERMISSIONS = (Permission("visits.embed", gettext_lazy("Let other sites show the form for visits")),)
MORE_FOR_ROLES = {role: frozenset({"visits.embed"}) for role in ("administrator", "unit-administrator")}

LONGEST = 255
SHAPE = r"^https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?$"
# Only on the machine where it is tried out: what comes over the network without TLS anybody may rewrite.
TRIED_OUT = frozenset({"localhost", "127.0.0.1"})
USUAL_PORT = {"https": 443, "http": 80}
# Under these anybody can have a domain.
OPEN_TO_ALL = frozenset({"com.pl", "edu.pl", "gov.pl", "info.pl", "net.pl", "org.pl", "waw.pl"})

# What answers inside the frame: the flow, one's own visit, the list of those who wait, the line.
PAGES = frozenset(
    f"visits:{page}"
    for page in (
        "choose", "hold", "data", "extend", "over", "summary", "own", "calendar_file", "confirm", "give_back", "move",
        "wait_for_earlier", "leave_word", "waiting", "take_offer", "leave_line", "wait_again",
    )
) | frozenset(f"rush:{page}" for page in ("line", "take_place", "check_again", "leave", "look"))  # fmt: skip

HEIGHT = 900
LOWEST, HIGHEST = 400, 3000


def origin(text: str) -> str:
    """Scheme, host and port, as browsers compare them; `https://*.domain` stands for all that lies under the domain."""
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _wrong(_("This is no address of a site. Write it so: https://bip.example.pl")) from error
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise _wrong(
            _("Write only the beginning of the address, up to the first slash: https://bip.example.pl")
        )
    host = _host((parts.hostname or "").lower())
    if parts.scheme != "https" and not (parts.scheme == "http" and host in TRIED_OUT):
        raise _wrong(_("The address must begin with https://: a page without it can be changed on its way."))
    if port == 0:
        raise _wrong(_("There is no port 0."))
    found = f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, USUAL_PORT[parts.scheme]) else "")
    if len(found) > LONGEST or not re.match(SHAPE, found):
        raise _wrong(_("This is no address of a site. Write it so: https://bip.example.pl"))
    return found


def _host(host: str) -> str:
    if host in TRIED_OUT:
        return host
    star, name = ("*.", host[2:]) if host.startswith("*.") else ("", host)
    if "*" in name:
        raise _wrong(
            _(
                "The star may stand only at the beginning, for all that lies under a domain: https://*.example.pl"
            )
        )
    try:
        name = idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise _wrong(_("“%(host)s” is no name of a site.") % {"host": host}) from error
    if "." not in name or name.rpartition(".")[2].isdigit():
        raise _wrong(_("Write the whole name of the site: bip.example.pl"))
    if star and name in OPEN_TO_ALL:
        raise _wrong(_("Anybody can have a site under this domain. Name the sites one by one."))
    return star + name


def _wrong(reason: str) -> Refused:
    return Refused(reason, code="no-origin", field="origin")


def shown(found: str) -> str:
    """As people write it, with their own letters."""
    scheme, _sign, rest = found.partition("://")
    host, colon, port = rest.partition(":")
    labels = [idna.decode(label) if label.startswith("xn--") else label for label in host.split(".")]
    return f"{scheme}://{'.'.join(labels)}{colon}{port}"
