from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from okienko.site.postgres import EmbeddedPostgres
from okienko.site.tests.office import okienko

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes"), pytest.mark.req("CORE-62")]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="okienko-backup-"))
    yield folder
    shutil.rmtree(folder)


# Behind two slashes stands a path that begins at the root of the machine.
OUTSIDE = f"documents/{Path(tempfile.gettempdir()) / 'okienko-outside'}"


def sql(data: Path, statement: str) -> list[tuple[object, ...]]:
    server = EmbeddedPostgres(data)
    with psycopg.connect(server.start(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    server.stop()
    return rows


@pytest.fixture(scope="module")
def backup(place: Path) -> Path:
    data = place / "first"
    done = okienko(data, "migrate")
    assert done.returncode == 0, done.stderr
    sql(data, "CREATE TABLE proof AS SELECT 'Zażółć gęślą jaźń' AS words")
    (data / "documents" / "ab").mkdir(parents=True)
    (data / "documents" / "ab" / "scan").write_bytes(bytes(range(256)) * 100)
    done = okienko(data, "backup", str(place / "all.okienko"))
    assert done.returncode == 0, done.stderr
    return place / "all.okienko"


def assert_restored(data: Path) -> None:
    assert sql(data, "SELECT words FROM proof") == [("Zażółć gęślą jaźń",)]
    assert (data / "documents" / "ab" / "scan").read_bytes() == bytes(range(256)) * 100


def test_everything_comes_back_on_another_machine(place: Path, backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    data = place / "second"
    done = okienko(data, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert_restored(data)
    assert okienko(data, "backup", str(place / "again.okienko")).returncode == 0


def test_what_is_there_is_replaced_only_when_asked_and_then_wholly(place: Path, backup: Path) -> None:
    data = place / "third"
    assert okienko(data, "migrate").returncode == 0
    sql(data, "CREATE TABLE newer (n int); CREATE VIEW seen AS SELECT * FROM newer")
    (data / "documents").mkdir()
    (data / "documents" / "newer").touch()
    refused = okienko(data, "restore", str(backup))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert (data / "documents" / "newer").exists()
    done = okienko(data, "restore", str(backup), "--replace")
    assert done.returncode == 0, done.stderr
    assert_restored(data)
    assert sql(data, "SELECT to_regclass('newer')") == [(None,)]
    assert not (data / "documents" / "newer").exists()
    assert sorted(path.name for path in data.iterdir() if "documents" in path.name) == ["documents"]


def damaged(backup: Path, name: str, how: str) -> Path:
    """A copy with one member spoilt in a way that the zip's own sum does not show."""
    target = backup.with_name(f"{how}.okienko")
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(target, "w") as copy:
        for member in source.namelist():
            content = source.read(member)
            if member == name:
                match how:
                    case "changed":
                        content = content[:-1] + bytes([content[-1] ^ 1])
                    case "missing":
                        continue
                    case "elsewhere":
                        content = content.replace(b"documents/ab/scan", OUTSIDE.encode())
                    case "newer":
                        manifest = json.loads(content)
                        manifest["migrations"].append("cases.9999_from_the_future")
                        content = json.dumps(manifest).encode()
            outside = how == "elsewhere" and member == "documents/ab/scan"
            copy.writestr(OUTSIDE if outside else member, content)
    return target


@pytest.mark.parametrize(
    ("name", "how", "word"),
    [
        ("documents/ab/scan", "changed", "damaged at documents/ab/scan"),
        ("database.dump", "changed", "damaged at database.dump"),
        ("documents/ab/scan", "missing", "damaged"),
        ("manifest.json", "missing", "no backup of Okienko"),
        ("manifest.json", "newer", "newer version"),
        ("manifest.json", "elsewhere", "does not belong there"),
    ],
)
def test_a_spoilt_backup_is_refused_before_anything_is_touched(
    place: Path, backup: Path, name: str, how: str, word: str
) -> None:
    data = place / f"spoilt-{how}-{Path(name).name}"
    sql(data, "CREATE TABLE kept (n int)")
    refused = okienko(data, "restore", str(damaged(backup, name, how)), "--replace")
    assert refused.returncode == 1
    assert word in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not Path(OUTSIDE.removeprefix("documents/")).exists()
    assert sql(data, "SELECT to_regclass('kept') IS NOT NULL, to_regclass('proof') IS NULL") == [(True, True)]
    shutil.rmtree(data)


def test_half_a_file_and_no_file_are_refused(place: Path, backup: Path) -> None:
    half = place / "half"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    for source in (half, place / "nowhere"):
        refused = okienko(place / "fourth", "restore", str(source))
        assert refused.returncode == 1
        assert "cannot be read as a backup" in refused.stderr
    refused = okienko(place / "first", "backup", str(place / "no" / "such" / "folder"))
    assert refused.returncode == 1
    assert "could not be written" in refused.stderr


def test_a_restore_that_fails_half_way_leaves_all_as_it_was(place: Path, backup: Path) -> None:
    """The server refuses indexes, which come after the tables were dropped, made and filled."""
    data = place / "fifth"
    sql(data, "CREATE TABLE kept AS SELECT 5 AS n")
    server = EmbeddedPostgres(data)
    server.start()
    with psycopg.connect(server.url(user="postgres")) as connection:
        connection.execute("CREATE SCHEMA guard")
        connection.execute(
            "CREATE FUNCTION guard.refuse() RETURNS event_trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'no indexes today'; END $$"
        )
        connection.execute(
            "CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE INDEX')"
            " EXECUTE FUNCTION guard.refuse()"
        )
    server.stop()
    (data / "documents").mkdir()
    (data / "documents" / "mine").write_text("mine")
    refused = okienko(data, "restore", str(backup), "--replace")
    assert refused.returncode == 1
    assert "no indexes today" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert sql(data, "SELECT n FROM kept") == [(5,)]
    assert (data / "documents" / "mine").read_text() == "mine"
    assert [path.name for path in data.iterdir() if "documents" in path.name] == ["documents"]
