from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStorage(ManifestStaticFilesStorage):
    """Names with a hash of the content, so that browsers may keep files for ever; plain names until collected."""

    manifest_strict = False
    # Modules of others name maps to their source, which are not kept here.
    patterns = tuple(
        (files, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for files, rules in ManifestStaticFilesStorage.patterns
    )

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        return str(super().stored_name(name))
