"""Files that browsers keep for a year: whatever names one of them names it with the hash of what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from okienko.site.static import HashedStorage

NAMED = re.compile(r"""(?:\bfrom\s*|\bimport\s*|new URL\(|url\()["']?(\.{1,2}/[^"')]+)""")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    storage = HashedStorage(str(folder), "/static/")
    found = {}
    for finder in finders.get_finders():
        for path, source in finder.list([]):
            with source.open(path) as file:
                storage.save(path, file)
            found[path] = (storage, path)
    for _name, _hashed, done in storage.post_process(found):
        if isinstance(done, Exception):
            raise done
    return folder


def named(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*.*.*"):
        if path.suffix in (".js", ".css") and "vendor" not in path.parts:
            yield from ((path, name) for name in NAMED.findall(path.read_text()))


def test_what_a_script_or_a_style_names_is_named_by_its_content(collected: Path) -> None:
    names = list(named(collected))
    assert {path.name.partition(".")[0] for path, _ in names} >= {"date-picker", "list", "place", "work"}
    for path, name in names:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name), (path.name, name)
        assert (path.parent / name).is_file(), (path.name, name)
