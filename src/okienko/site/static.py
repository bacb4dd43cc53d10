from __future__ import annotations

from functools import cache
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.utils.encoding import filepath_to_uri

# How a module names another one, and the program of a worker, that lie beside it.
_BESIDE = (
    (r"""(?P<matched>\bfrom ["'](?P<url>\./[^"']+\.js)["'])""", 'from "%(url)s"'),
    (
        r"""(?P<matched>new URL\(["'](?P<url>\./[^"']+\.js)["'], import\.meta\.url\))""",
        'new URL("%(url)s", import.meta.url)',
    ),
)


class HashedStorage(ManifestStaticFilesStorage):
    """Names with a hash of the content, so that browsers may keep files for ever; plain names until collected."""

    manifest_strict = False
    patterns = (
        # Modules of others name maps to their source, which are not kept here.
        *(
            (files, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
            for files, rules in ManifestStaticFilesStorage.patterns
        ),
        ("*.js", _BESIDE),
    )

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        return str(super().stored_name(name))

    def url(self, name: str, force: bool = False) -> str:  # type: ignore[override]
        """A page asks for thirty of them."""
        stored = self.hashed_files.get(name) if self.hashed_files else name
        if stored is None or settings.DEBUG:
            return str(super().url(name, force))
        return _address(self.base_url, stored)


@cache
def _address(base: str, stored: str) -> str:
    return urljoin(base, filepath_to_uri(stored))
