"""Whose counter this is. Every page asks, and it changes once in years: each process looks again twice a minute."""

from __future__ import annotations

from time import monotonic

from django.db import Error
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from okienko.base.decisions import Missing
from okienko.kernel.office.models import OfficeProfile
from okienko.ui.office import DEFAULT_NAME, Office

KEPT_SECONDS = 30.0
_known: tuple[float, Office] | None = None


def profile() -> OfficeProfile:
    return OfficeProfile.objects.filter(pk=1).first() or OfficeProfile()


def current() -> Office:
    """Pages that tell of a broken database ask too: they show what was known before."""
    global _known
    kept = _known
    if kept is not None and monotonic() - kept[0] <= KEPT_SECONDS:
        return kept[1]
    if kept is not None:
        # One looks; all who come meanwhile go on with what is known.
        _known = (monotonic(), kept[1])
    try:
        found = _shown(profile())
    except Error:
        return kept[1] if kept is not None else Office()
    _known = (monotonic(), found)
    return found


def forget() -> None:
    """What this process has kept is not true any more."""
    global _known
    _known = None


def _shown(found: OfficeProfile) -> Office:
    return Office(
        name=found.name or DEFAULT_NAME,
        unit=found.subtitle,
        colour=found.colour,
        coat_of_arms=address_of_coat(found),
        contact=found.contact,
        links=tuple(
            (words, url)
            for words, url in (
                (_("Accessibility statement"), found.accessibility_page),
                (_("How personal data are processed"), found.privacy_page),
                (_("BIP"), found.bip_page),
            )
            if url
        ),
    )


def address_of_coat(office: OfficeProfile) -> str:
    return reverse("office:coat_of_arms", args=[office.mark]) if office.mark else ""


def coat_of_arms(mark: str) -> bytes:
    found = profile()
    if found.coat_of_arms is None or found.mark != mark:
        raise Missing
    return bytes(found.coat_of_arms)
